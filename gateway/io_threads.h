// Threads that each run an io_context of their own: what belongs to one of them needs no lock.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <thread>
#include <vector>

namespace usersync::gateway {

class IoThreads {
 public:
  explicit IoThreads(size_t count) {
    for (size_t i = 0; i < count; ++i) threads_.push_back(std::make_unique<Thread>());
  }

  // Drops what is under way.
  ~IoThreads() {
    for (const auto& thread : threads_) thread->context.stop();
    for (const auto& thread : threads_) thread->runner.join();
  }

  // One after the other.
  boost::asio::io_context& Next() { return threads_[next_++ % threads_.size()]->context; }

 private:
  struct Thread {
    boost::asio::io_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
        context.get_executor()};
    std::thread runner{[this] { context.run(); }};
  };

  std::vector<std::unique_ptr<Thread>> threads_;
  std::atomic<size_t> next_ = 0;
};

}  // namespace usersync::gateway
