// A mutex, its lock and its condition, known to clang's -Wthread-safety. A thin wrapper over
// the standard library, because ThreadSanitizer reports false races for absl::Mutex as Debian
// builds it.
#pragma once

#include <condition_variable>
#include <mutex>

#include "absl/time/clock.h"
#include "absl/time/time.h"

#if defined(__clang__)
#define USERSYNC_ATTRIBUTE(x) __attribute__((x))
#else
#define USERSYNC_ATTRIBUTE(x)
#endif

#define CAPABILITY(x) USERSYNC_ATTRIBUTE(capability(x))
#define SCOPED_CAPABILITY USERSYNC_ATTRIBUTE(scoped_lockable)
#define GUARDED_BY(x) USERSYNC_ATTRIBUTE(guarded_by(x))
#define PT_GUARDED_BY(x) USERSYNC_ATTRIBUTE(pt_guarded_by(x))
#define REQUIRES(...) USERSYNC_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) USERSYNC_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) USERSYNC_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) USERSYNC_ATTRIBUTE(release_capability(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS USERSYNC_ATTRIBUTE(no_thread_safety_analysis)

namespace usersync {

class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ACQUIRE() { mutex_.lock(); }
  void Unlock() RELEASE() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

// Holds a mutex for a scope.
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() RELEASE() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits for a condition under a mutex. Wake-ups may be spurious: wait in a loop.
class CondVar {
 public:
  void Wait(Mutex& mutex) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }

  // Returns false if the time ran out.
  bool WaitUntil(Mutex& mutex, absl::Time deadline) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    // A wait relative to the steady clock, so that a clock that jumps neither wakes nor stalls.
    const auto left = absl::ToChronoNanoseconds(deadline - absl::Now());
    const bool in_time = condition_.wait_for(lock, left) == std::cv_status::no_timeout;
    lock.release();
    return in_time;
  }

  void Notify() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace usersync
