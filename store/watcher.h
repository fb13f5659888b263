// One Watch stream: the current users first if a snapshot was asked for, then changes from its own
// position (ring, then database), heartbeats when there is nothing to send. Holds one response in
// memory, and ends only when the client goes, does not read for `stall_timeout`, stands in a
// history that the database no longer has, or before changes that are archived.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/mutex.h"
#include "store/change_feed.h"
#include "store/read_calls.h"
#include "store/snapshot_reader.h"
#include "store/told_batches.h"
#include "store/watch_place.h"
#include "store/watch_request.h"

namespace usersync::store {

// Thread-safe.
class Watcher : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                public std::enable_shared_from_this<Watcher> {
 public:
  // What all watchers share. All must outlive them.
  struct Sources {
    ChangeFeed& feed;
    ReadCalls& reads;
    ToldBatches& batches;
    // The newest signed head of the log; empty if there is none.
    const std::function<std::string()>& log_checkpoint;
  };

  // `on_done` is called once, when gRPC has let go of the stream.
  Watcher(absl::Duration stall_timeout, grpc::CallbackServerContext* context, Sources sources,
          std::function<void(const std::shared_ptr<Watcher>&)> on_done);

  // Begins at a place that was checked.
  void Begin(WatchRequest asked, WatchPlace place);
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
  void Follow() REQUIRES(mutex_);
  bool Tell(const std::vector<ChangePointer>& page, const ToldBatches::Key& next) REQUIRES(mutex_);
  void ReadBack() REQUIRES(mutex_);
  void ReadSnapshot() REQUIRES(mutex_);
  void CheckHistory() REQUIRES(mutex_);
  void Send(const ToldBatch& batch) REQUIRES(mutex_);
  void SendSnapshot(SnapshotReader::Page page) REQUIRES(mutex_);
  void SendHeartbeat() REQUIRES(mutex_);
  users::v1::WatchResponse NewResponse() const REQUIRES(mutex_);
  void Write(grpc::ByteBuffer response) REQUIRES(mutex_);
  void FinishLocked(const absl::Status& status) REQUIRES(mutex_);
  bool HeartbeatIsDue() const REQUIRES(mutex_);
  ToldBatches::Key NextBatch() const REQUIRES(mutex_);
  template <typename Work>
  void InBackground(Work work) REQUIRES(mutex_);
  bool MayGoOn(const absl::Status& read) REQUIRES(mutex_);

  const absl::Duration stall_timeout_;
  grpc::CallbackServerContext* const context_;
  const Sources sources_;
  const std::function<void(const std::shared_ptr<Watcher>&)> on_done_;

  Mutex mutex_;
  Activity activity_ GUARDED_BY(mutex_) = Activity::kBeginning;
  // Why the stream is to end; OK while it goes on.
  absl::Status end_ GUARDED_BY(mutex_);
  WatchRequest asked_ GUARDED_BY(mutex_);
  // Where changes go on.
  WatchPlace place_ GUARDED_BY(mutex_);
  // Null once the snapshot was sent. Whoever reads uses it without the lock.
  std::shared_ptr<SnapshotReader> snapshot_ GUARDED_BY(mutex_);
  absl::Time last_write_ GUARDED_BY(mutex_) = absl::InfinitePast();
  grpc::ByteBuffer response_ GUARDED_BY(mutex_);
};

}  // namespace usersync::store
