// Carries the change feed to USERS_BROADCAST, each change once and in order, whoever crashes.
// Resumes after the newest message that the store knows; two of them never mix, because the
// stream's sequence guards every message: the one that loses stands by, and takes over when the
// stream has stood still while the feed moved.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bridge/guarded_publisher.h"
#include "bridge/nats_connection.h"
#include "bridge/store_client.h"
#include "common/backoff.h"
#include "common/mutex.h"

namespace usersync::bridge {

class Broadcaster {
 public:
  struct Options {
    absl::Duration heartbeat = absl::Seconds(5);
    absl::Duration standby_check = absl::Milliseconds(500);
    absl::Duration takeover_after = absl::Seconds(2);
    Backoff::Options backoff = {};
  };

  // All must outlive this.
  Broadcaster(Options options, const NatsConnection& nats, GuardedPublisher& publisher,
              StoreClient& store);

  // Runs until Stop; waits for the answers to what was published.
  void Run();
  void Stop();

 private:
  // Where to begin: after a checkpoint, or at the oldest change that the stream would keep.
  struct Start {
    std::string checkpoint;
    uint64_t last_sequence = 0;
  };

  absl::StatusOr<Start> FindStart();
  absl::StatusOr<std::string> FindAccepted(uint64_t first, uint64_t last);
  absl::StatusOr<bool> IsAccepted(const std::string& checkpoint);
  absl::StatusOr<std::string> CheckpointAt(uint64_t sequence);
  absl::Status Carry(const Start& start);
  absl::Status Take(const users::v1::WatchResponse& response, bool refilling);
  absl::Status LookAfterStream(const users::v1::WatchResponse& response);
  void Beat(const users::v1::WatchResponse& response);
  void StandBy();
  void Pause(absl::Duration duration);

  const Options options_;
  const NatsConnection& nats_;
  GuardedPublisher& publisher_;
  StoreClient& store_;
  std::atomic<bool> stopping_ = false;
  absl::Time last_beat_ = absl::InfinitePast();

  Mutex mutex_;
  ChangeStream* stream_ GUARDED_BY(mutex_) = nullptr;
};

}  // namespace usersync::bridge
