// USERS_UPDATE read with an ordered consumer of our own. What nats.c offers under that name goes
// on by sequence when it loses its place, also in a stream that was made anew under it, and so
// skips what the new one holds below; this one says that it lost its place.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "bridge/message_source.h"
#include "bridge/nats_connection.h"
#include "bridge/nats_subscription.h"
#include "bridge/stream_keeper.h"
#include "common/mutex.h"

namespace usersync::bridge {

class NatsMessageSource final : public MessageSource {
 public:
  struct Options {
    // How often the server gives a sign of life, and how long it may be missing.
    absl::Duration heartbeat = absl::Milliseconds(500);
    absl::Duration silence_limit = absl::Milliseconds(1800);
    // How long the server keeps the consumer of a bridge that is gone.
    absl::Duration inactive_threshold = absl::Seconds(5);
  };

  // Both must outlive this.
  NatsMessageSource(Options options, NatsConnection& nats, StreamKeeper& keeper);
  ~NatsMessageSource() override;

  absl::Status Open(const Position& after) override;
  absl::Status Take(size_t most, absl::Time deadline,
                    std::vector<UpdateMessage>* messages) override;
  void Wake() override;
  absl::StatusOr<bool> HasLater(const Position& position) override;

 private:
  // Where the consumer is to begin.
  struct Begin {
    jsDeliverPolicy policy = js_DeliverAll;
    uint64_t sequence = 0;
    // Messages up to this time have been taken in; nanoseconds since 1970.
    int64_t after_ns = 0;
  };
  // The server asks to be told when what it sent before has been taken.
  struct Turn {
    uint64_t after_count;
    std::string reply;
  };

  absl::StatusOr<Begin> FindBegin(const Position& after, bool has_messages) const;
  absl::Status MakeConsumer(const Begin& begin, const std::string& deliver_to);
  void OnMessage(MessageHandle message);
  void OnSign(natsMsg* message) REQUIRES(mutex_);
  void Lose(const std::string& why) REQUIRES(mutex_);
  void Await(size_t most, absl::Time deadline) REQUIRES(mutex_);

  const Options options_;
  NatsConnection& nats_;
  StreamKeeper& keeper_;

  Mutex mutex_;
  CondVar changed_;
  std::deque<UpdateMessage> waiting_ GUARDED_BY(mutex_);
  std::deque<Turn> turns_ GUARDED_BY(mutex_);
  uint64_t received_ GUARDED_BY(mutex_) = 0;
  uint64_t taken_ GUARDED_BY(mutex_) = 0;
  uint64_t last_delivery_ GUARDED_BY(mutex_) = 0;
  int64_t skip_up_to_ns_ GUARDED_BY(mutex_) = 0;
  absl::Time last_sign_ GUARDED_BY(mutex_);
  // Why what follows is not known to be the next message.
  absl::Status lost_ GUARDED_BY(mutex_);
  bool woken_ GUARDED_BY(mutex_) = false;
  bool is_waited_for_ GUARDED_BY(mutex_) = false;

  std::unique_ptr<NatsSubscription> subscription_;
};

}  // namespace usersync::bridge
