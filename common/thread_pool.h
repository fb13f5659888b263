// A few threads for work that blocks. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "common/mutex.h"

namespace usersync {

class ThreadPool {
 public:
  explicit ThreadPool(int size);
  // Finishes what was added, then ends the threads.
  ~ThreadPool();

  void Add(std::function<void()> work);

 private:
  void Run();

  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> queue_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace usersync
