// Publishes to USERS_BROADCAST many at a time, in order, under the guard of its sequence: the
// k-th message in flight says that the stream must be at L + k, and must be answered L + k + 1.
// Any other answer ends the run: nothing more is published until it begins anew. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "bridge/nats_connection.h"
#include "common/mutex.h"
#include "users/v1/change_feed_service.pb.h"

namespace usersync::bridge {

class GuardedPublisher {
 public:
  struct Options {
    // How many messages may be unanswered.
    uint64_t window = 1024;
    // How long an answer may take.
    absl::Duration answer_timeout = absl::Seconds(5);
  };

  // Below the bridge's inbox; where the answers come.
  static constexpr char kInbox[] = "inbox.bridge.broadcast";

  // `quick` sends at once, `bulk` sends much; both must outlive this.
  GuardedPublisher(Options options, const NatsConnection& quick, const NatsConnection& bulk);
  ~GuardedPublisher();

  // Subscribes to the answers.
  absl::Status Start();

  // Begins a run after the stream's last sequence. What an earlier run still waits for no longer
  // counts.
  void Begin(uint64_t last_sequence);

  // Publishes a change. `few` says that hardly anything follows at once. Blocks while the window
  // is full. ABORTED if somebody else publishes too; UNAVAILABLE if an answer is missing or says
  // that the message was not stored.
  absl::Status Publish(const users::v1::Change& change, const std::string& epoch, bool few);

  // Waits until everything is answered.
  absl::Status Drain();

  // What went wrong in this run, if anything did.
  absl::Status status();

  // The stream's last sequence as this run knows it.
  uint64_t last_sequence();

 private:
  static void OnAnswer(natsConnection* connection, natsSubscription* subscription, natsMsg* message,
                       void* self);
  void Answered(absl::string_view subject, absl::string_view payload);
  absl::Status AwaitInFlight(uint64_t most);

  const Options options_;
  const NatsConnection& quick_;
  const NatsConnection& bulk_;
  const std::string inbox_;
  NatsHandle<natsSubscription> subscription_;

  Mutex mutex_;
  CondVar changed_;
  uint64_t run_ GUARDED_BY(mutex_) = 0;
  // Published, and answered, up to these sequences of the stream.
  uint64_t published_ GUARDED_BY(mutex_) = 0;
  uint64_t answered_ GUARDED_BY(mutex_) = 0;
  absl::Status status_ GUARDED_BY(mutex_);
  const NatsConnection* current_ GUARDED_BY(mutex_) = nullptr;
};

}  // namespace usersync::bridge
