// Ends a loop from another thread, also while it waits. Thread-safe.
#pragma once

#include <atomic>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/mutex.h"

namespace usersync::bridge {

class StopFlag {
 public:
  void Stop() {
    MutexLock lock(mutex_);
    stopped_ = true;
    changed_.NotifyAll();
  }

  bool stopped() const { return stopped_; }

  // Waits; returns early if Stop is called. Returns whether it was.
  bool WaitFor(absl::Duration duration) {
    const absl::Time deadline = absl::Now() + duration;
    MutexLock lock(mutex_);
    while (!stopped_ && absl::Now() < deadline) changed_.WaitUntil(mutex_, deadline);
    return stopped_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace usersync::bridge
