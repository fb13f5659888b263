// The refusal of a call because others of its kind run.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace usersync::store {

// RESOURCE_EXHAUSTED, RATE_LIMITED, with a RetryInfo. `what` is what is limited.
absl::Status RateLimited(absl::string_view what);

}  // namespace usersync::store
