// What the store does beside its calls: tells health checks whether the database is there, keeps
// the erasures, and lets answers expire that nobody may ask for any more.
#pragma once

#include <functional>
#include <thread>

#include "absl/time/time.h"
#include "common/mutex.h"
#include "store/change_feed.h"
#include "store/erasure_keeper.h"
#include "store/session_pool.h"

namespace usersync::store {

class Caretaker {
 public:
  struct Options {
    absl::Duration health_check = absl::Seconds(1);
    absl::Duration expiry = absl::Hours(1);
  };

  // Calls `set_serving` whenever the health may have changed. All must outlive this.
  Caretaker(Options options, const ChangeFeed& feed, SessionPool& pool, ErasureKeeper& erasures,
            std::function<void(bool serving)> set_serving);
  ~Caretaker();

 private:
  void Run();
  void KeepErasures();
  void ExpireAnswers();

  const Options options_;
  const ChangeFeed& feed_;
  SessionPool& pool_;
  ErasureKeeper& erasures_;
  const std::function<void(bool serving)> set_serving_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace usersync::store
