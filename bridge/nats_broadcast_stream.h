// USERS_BROADCAST in JetStream.
#pragma once

#include <memory>
#include <string>

#include "bridge/broadcast_stream.h"
#include "bridge/nats_connection.h"
#include "bridge/nats_subscription.h"
#include "bridge/stream_keeper.h"
#include "common/mutex.h"

namespace usersync::bridge {

class NatsBroadcastStream final : public BroadcastStream {
 public:
  // `quick` sends at once, `bulk` sends much; all must outlive this.
  static absl::StatusOr<std::unique_ptr<NatsBroadcastStream>> Make(const NatsConnection& quick,
                                                                   const NatsConnection& bulk,
                                                                   StreamKeeper& keeper);

  absl::StatusOr<State> ReadState() override;
  absl::StatusOr<BroadcastMark> ReadMark(uint64_t sequence) override;
  absl::Status Publish(const BroadcastRequest& request) override;
  void Listen(Listener listener) override;
  void Beat(const std::string& epoch, int64_t sequence) override;

 private:
  NatsBroadcastStream(const NatsConnection& quick, const NatsConnection& bulk, StreamKeeper& keeper)
      : quick_(quick), bulk_(bulk), keeper_(keeper), inbox_(quick.NewInbox()) {}

  void OnAnswer(MessageHandle message);

  const NatsConnection& quick_;
  const NatsConnection& bulk_;
  StreamKeeper& keeper_;
  // Answers come to <inbox>.<run>.<expected last sequence>.
  const std::string inbox_;
  Mutex mutex_;
  Listener listener_ GUARDED_BY(mutex_);
  std::unique_ptr<NatsSubscription> answers_;
};

}  // namespace usersync::bridge
