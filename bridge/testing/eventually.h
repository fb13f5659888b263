// Waits for what other threads do, in tests.
#pragma once

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace usersync::bridge {

// Whether `condition` came true within ten seconds.
template <typename Condition>
bool Eventually(const Condition& condition) {
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (!condition()) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

}  // namespace usersync::bridge
