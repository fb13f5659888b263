// Ends a call at its deadline, or when its caller's identity ends. Lives on one thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace usersync::gateway {

class CallClock {
 public:
  // `end` hears DEADLINE_EXCEEDED after `timeout`, or UNAUTHENTICATED at `expires`, whichever comes
  // first; it may be on its way when Stop is called. Calls that have neither cost no timer. Returns
  // the same if that is over already: then nothing is started.
  absl::Status Start(const boost::asio::any_io_executor& executor,
                     std::optional<absl::Duration> timeout, absl::Time expires,
                     std::function<void(const absl::Status&)> end);
  void Stop() { timer_.reset(); }

 private:
  std::unique_ptr<boost::asio::steady_timer> timer_;
};

}  // namespace usersync::gateway
