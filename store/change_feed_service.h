// Serves users.v1.ChangeFeedService: hands every stream its Watcher.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/mutex.h"
#include "common/thread_pool.h"
#include "store/change_feed.h"
#include "store/identity.h"
#include "store/watcher.h"
#include "users/v1/change_feed_service.grpc.pb.h"

namespace usersync::store {

class ChangeFeedService final : public users::v1::ChangeFeedService::CallbackService {
 public:
  struct Options {
    absl::Duration stall_timeout = absl::Seconds(60);
    // The newest signed head of the log, for heartbeats; "" if there is none.
    std::function<std::string()> log_checkpoint = [] { return std::string(); };
    // How often streams are looked after: the grain of heartbeats and stalls.
    absl::Duration tick = absl::Milliseconds(200);
  };

  // All must outlive this.
  ChangeFeedService(Options options, const Identity& identity, ChangeFeed& feed,
                    ThreadPool& readers);
  // All streams must have ended.
  ~ChangeFeedService() override;

  grpc::ServerWriteReactor<users::v1::WatchResponse>* Watch(
      grpc::CallbackServerContext* context, const users::v1::WatchRequest* request) override;

  // Ends all streams, and those to come, with UNAVAILABLE: another store goes on from there.
  void Stop();

  // How many streams are open.
  size_t watcher_count();

 private:
  std::vector<std::shared_ptr<Watcher>> Watchers();
  void PumpAll();
  void Begin(const std::shared_ptr<Watcher>& watcher, const users::v1::WatchRequest& request);

  const Options options_;
  const Identity& identity_;
  ChangeFeed& feed_;
  ThreadPool& readers_;
  Mutex mutex_;
  std::set<std::shared_ptr<Watcher>> watchers_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace usersync::store
