// Serves users.v1.ChangeFeedService: hands every stream its Watcher. Responses are bytes here, so
// that watchers who are told the same share them.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/mutex.h"
#include "store/change_feed.h"
#include "store/read_calls.h"
#include "store/told_batches.h"
#include "store/watcher.h"
#include "users/v1/change_feed_service.grpc.pb.h"

namespace usersync::store {

class ChangeFeedService final : public users::v1::ChangeFeedService::WithRawCallbackMethod_Watch<
                                    users::v1::ChangeFeedService::Service> {
 public:
  struct Options {
    absl::Duration stall_timeout = absl::Seconds(60);
    // The newest signed head of the log, for heartbeats; "" if there is none.
    std::function<std::string()> log_checkpoint = [] { return std::string(); };
    // How many snapshots an actor may take at once.
    int snapshots_per_actor = 200;
    // How often streams are looked after: the grain of heartbeats and stalls.
    absl::Duration tick = absl::Milliseconds(200);
  };

  // Both must outlive this.
  ChangeFeedService(Options options, ChangeFeed& feed, ReadCalls& reads);
  // All streams must have ended.
  ~ChangeFeedService() override;

  grpc::ServerWriteReactor<grpc::ByteBuffer>* Watch(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request) override;

  // Ends all streams, and those to come, with UNAVAILABLE: another store goes on from there.
  void Stop();

  // How many streams are open.
  size_t watcher_count();

 private:
  absl::StatusOr<WatchRequest> Check(const grpc::CallbackServerContext& context,
                                     const grpc::ByteBuffer& request);
  bool Add(const std::shared_ptr<Watcher>& watcher);
  void Remove(const std::shared_ptr<Watcher>& watcher);
  std::vector<std::shared_ptr<Watcher>> Watchers();
  void PumpAll();

  const Options options_;
  const Quota snapshots_;
  ChangeFeed& feed_;
  ReadCalls& reads_;
  ToldBatches batches_{ToldBatches::Options{}};
  Mutex mutex_;
  std::set<std::shared_ptr<Watcher>> watchers_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace usersync::store
