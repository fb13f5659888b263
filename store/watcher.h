// One Watch stream: sends changes from its own position (ring, then database), heartbeats when
// there is nothing to send, and ends only when the client goes, does not read for
// `stall_timeout`, or stands in a history that the database no longer has.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/mutex.h"
#include "common/thread_pool.h"
#include "store/change_feed.h"
#include "users/v1/change_feed_service.pb.h"

namespace usersync::store {

// Thread-safe.
class Watcher : public grpc::ServerWriteReactor<users::v1::WatchResponse>,
                public std::enable_shared_from_this<Watcher> {
 public:
  struct Options {
    absl::Duration heartbeat = absl::Seconds(10);
    absl::Duration stall_timeout = absl::Seconds(60);
    // The newest signed head of the log, for heartbeats.
    std::function<std::string()> log_checkpoint = [] { return std::string(); };
  };

  // `on_done` is called once, when gRPC has let go of the stream.
  Watcher(Options options, grpc::CallbackServerContext* context, ChangeFeed& feed,
          ThreadPool& readers, std::function<void(const std::shared_ptr<Watcher>&)> on_done);

  // Begins after a position that was checked in this generation of the feed.
  void Begin(int64_t position, std::string checkpoint, int64_t generation);
  // Ends the stream with an error, after the write that is under way.
  void Fail(const absl::Status& status);

  // Sends what there is to send. Called after the head has moved and at every tick.
  void Pump();

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  enum class Activity { kBeginning, kIdle, kWriting, kReading, kFinished };

  void PumpLocked() REQUIRES(mutex_);
  void ReadBack() REQUIRES(mutex_);
  void CheckHistory() REQUIRES(mutex_);
  void Send(const std::vector<ChangePointer>& page) REQUIRES(mutex_);
  void SendHeartbeat() REQUIRES(mutex_);
  void Write() REQUIRES(mutex_);
  void FinishLocked(const absl::Status& status) REQUIRES(mutex_);
  template <typename Work>
  void InBackground(Work work) REQUIRES(mutex_);

  const Options options_;
  grpc::CallbackServerContext* const context_;
  ChangeFeed& feed_;
  ThreadPool& readers_;
  const std::function<void(const std::shared_ptr<Watcher>&)> on_done_;

  Mutex mutex_;
  Activity activity_ GUARDED_BY(mutex_) = Activity::kBeginning;
  // Why the stream is to end; OK while it goes on.
  absl::Status end_ GUARDED_BY(mutex_);
  bool started_ GUARDED_BY(mutex_) = false;
  int64_t position_ GUARDED_BY(mutex_) = 0;
  std::string checkpoint_ GUARDED_BY(mutex_);
  int64_t generation_ GUARDED_BY(mutex_) = 0;
  absl::Time last_write_ GUARDED_BY(mutex_) = absl::InfinitePast();
  users::v1::WatchResponse response_ GUARDED_BY(mutex_);
};

}  // namespace usersync::store
