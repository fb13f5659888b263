#include "common/serve.h"

#include <cerrno>

#include "absl/time/clock.h"

namespace usersync {

StopSignal::StopSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  // A peer that goes away is an error of that write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
}

void StopSignal::Wait() {
  while (!WaitFor(absl::Hours(1))) {
  }
}

bool StopSignal::WaitFor(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (!stopped_) {
    const auto left = absl::ToTimespec(std::max(deadline - absl::Now(), absl::ZeroDuration()));
    if (sigtimedwait(&signals_, nullptr, &left) > 0) {
      stopped_ = true;
    } else if (errno == EAGAIN) {
      return false;
    }
  }
  return true;
}

}  // namespace usersync
