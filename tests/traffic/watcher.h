// Follows the feed of a store over gRPC, from the oldest change, in a thread of its own. Whenever
// a stream ends it goes on from its last checkpoint, at the next store of its list.
#pragma once

#include <grpcpp/client_context.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "common/mutex.h"
#include "tests/guarantees/evidence.h"
#include "tests/harness/store_stub.h"

namespace usersync::tests {

class Watcher {
 public:
  explicit Watcher(std::vector<StoreStub> stores);
  ~Watcher();

  // The sequence of the last change it was told, 0 before the first.
  int64_t last();

  // The last checkpoint that it was told, "" before the first.
  std::string checkpoint();

  // All that it was told since its history was refused, if ever.
  std::vector<Told> told();

  // How often its checkpoint was refused as another history's: it then began anew.
  int divergences() const { return divergences_; }

  // While it sleeps it reads nothing, and its stream stays open.
  void Sleep() { asleep_ = true; }
  void Wake() { asleep_ = false; }

 private:
  void Run();
  grpc::Status Follow(StoreStub& store);
  void Take(const users::v1::WatchResponse& response);

  std::vector<StoreStub> stores_;
  Mutex mutex_;
  std::vector<Told> told_ GUARDED_BY(mutex_);
  std::string checkpoint_ GUARDED_BY(mutex_);
  std::shared_ptr<grpc::ClientContext> context_ GUARDED_BY(mutex_);
  std::atomic<int> divergences_ = 0;
  std::atomic<bool> asleep_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace usersync::tests
