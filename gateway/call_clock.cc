#include "gateway/call_clock.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "gateway/identity.h"

namespace usersync::gateway {
namespace {

// A timer of centuries, which a client can ask for, would overflow.
constexpr absl::Duration kMostPatience = absl::Hours(365 * 24);

}  // namespace

absl::Status CallClock::Start(const boost::asio::any_io_executor& executor,
                              std::optional<absl::Duration> timeout, absl::Time expires,
                              std::function<void(const absl::Status&)> end) {
  const absl::Time now = absl::Now();
  const absl::Time deadline = timeout ? now + *timeout : absl::InfiniteFuture();
  const absl::Duration left = std::min(deadline, expires) - now;
  if (left == absl::InfiniteDuration()) return absl::OkStatus();
  const absl::Status status =
      deadline <= expires ? absl::DeadlineExceededError("the deadline passed") : IdentityExpired();
  if (left <= absl::ZeroDuration()) return status;
  timer_ = std::make_unique<boost::asio::steady_timer>(executor);
  timer_->expires_after(absl::ToChronoNanoseconds(std::min(left, kMostPatience)));
  timer_->async_wait([status, end = std::move(end)](const boost::system::error_code& error) {
    if (!error) end(status);
  });
  return absl::OkStatus();
}

}  // namespace usersync::gateway
