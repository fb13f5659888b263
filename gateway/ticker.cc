#include "gateway/ticker.h"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <utility>

#include "absl/time/clock.h"

namespace usersync::gateway {
namespace {

constexpr std::chrono::seconds kTick{1};

}  // namespace

boost::asio::execution_context::id Ticker::id;

Ticker& Ticker::Of(const boost::asio::any_io_executor& executor) {
  return boost::asio::use_service<Ticker>(
      boost::asio::query(executor, boost::asio::execution::context));
}

Ticker::Ticker(boost::asio::execution_context& context)
    : service(context), timer_(static_cast<boost::asio::io_context&>(context)) {}

void Ticker::Add(std::weak_ptr<Listener> listener) {
  listeners_.push_back(std::move(listener));
  if (!std::exchange(is_running_, true)) Await();
}

void Ticker::Await() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) Tick();
  });
}

void Ticker::Tick() {
  const absl::Time now = absl::Now();
  // Some may come meanwhile.
  for (auto& listener : std::exchange(listeners_, {})) {
    const auto lives = listener.lock();
    if (lives != nullptr && lives->OnTick(now)) listeners_.push_back(std::move(listener));
  }
  is_running_ = !listeners_.empty();
  if (is_running_) Await();
}

}  // namespace usersync::gateway
