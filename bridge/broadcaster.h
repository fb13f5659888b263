// Carries the change feed to USERS_BROADCAST, each change once and in order, whoever crashes.
// Resumes after the newest message that the store knows; two of them never mix, because the
// stream's sequence guards every message: the one that loses stands by, and takes over when the
// stream has stood still while the feed moved.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "bridge/broadcast_start.h"
#include "bridge/broadcast_stream.h"
#include "bridge/counters.h"
#include "bridge/guarded_publisher.h"
#include "bridge/stop_flag.h"
#include "bridge/store_client.h"
#include "common/backoff.h"
#include "common/mutex.h"

namespace usersync::bridge {

class Broadcaster {
 public:
  struct Options {
    absl::Duration heartbeat = absl::Seconds(5);
    // How long the feed may be quiet before the stream is looked after.
    absl::Duration quiet_check = absl::Seconds(1);
    absl::Duration standby_check = absl::Milliseconds(500);
    absl::Duration takeover_after = absl::Seconds(2);
    // What the stream may hold: changes that certainly fall out again are not published.
    int64_t stream_bytes = int64_t{1} << 30;
    Backoff::Options backoff = {.first = absl::Milliseconds(50), .most = absl::Seconds(1)};
    GuardedPublisher::Options publisher = {};
  };

  // All must outlive this.
  Broadcaster(Options options, BroadcastStream& stream, StoreClient& store, Counters& counters);

  // Runs until Stop; waits for the answers to what was published.
  void Run();
  void Stop();

 private:
  absl::Status Carry(const BroadcastStart& start);
  absl::Status Follow(ChangeStream& feed, const BroadcastStart& start);
  absl::Status Take(const users::v1::WatchResponse& response, int64_t skip_up_to);
  absl::Status LookAfterStream(int64_t head);
  void Beat();
  bool OthersPublish();
  void StandBy();

  const Options options_;
  BroadcastStream& stream_;
  StoreClient& store_;
  Counters& counters_;
  GuardedPublisher publisher_;
  StopFlag stop_;

  // The loop's own: the last change taken from the feed (-1: any may come next), and the epoch.
  int64_t last_taken_ = 0;
  std::string epoch_;
  absl::Time beat_at_ = absl::InfinitePast();

  Mutex mutex_;
  ChangeStream* feed_ GUARDED_BY(mutex_) = nullptr;
};

}  // namespace usersync::bridge
