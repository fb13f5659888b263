// The clock that all connections of a thread look at: a timer of its own would cost each of them
// 400 bytes. Lives on that thread, as long as its io_context.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "absl/time/time.h"

namespace usersync::gateway {

class Ticker final : public boost::asio::execution_context::service {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // Some time has passed: about a second. False: it wants to hear no more.
    virtual bool OnTick(absl::Time now) = 0;
  };

  // That of the executor's context.
  static Ticker& Of(const boost::asio::any_io_executor& executor);

  // As boost::asio::use_service wants them.
  static boost::asio::execution_context::id id;
  explicit Ticker(boost::asio::execution_context& context);

  // Tells `listener` as long as it lives.
  void Add(std::weak_ptr<Listener> listener);

 private:
  void shutdown() override { listeners_.clear(); }
  void Await();
  void Tick();

  boost::asio::steady_timer timer_;
  // It rests while there are none.
  std::vector<std::weak_ptr<Listener>> listeners_;
  bool is_running_ = false;
};

}  // namespace usersync::gateway
