// Waits for a condition instead of sleeping: the machine may be slow, and a sleep is either too
// short or wasted.
#pragma once

#include <functional>

#include "absl/time/time.h"

namespace usersync::tests {

// Generous on purpose: it is spent only when something is broken.
inline constexpr absl::Duration kPatience = absl::Seconds(60);

// Asks again and again until `condition` is true or the time is up; returns whether it was.
bool Eventually(const std::function<bool()>& condition, absl::Duration patience = kPatience);

}  // namespace usersync::tests
