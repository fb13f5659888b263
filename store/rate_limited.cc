#include "store/rate_limited.h"

#include "absl/time/time.h"
#include "common/status.h"
#include "protos/violation.h"

namespace usersync::store {
namespace {

constexpr absl::Duration kRetryAfter = absl::Seconds(10);

}  // namespace

absl::Status RateLimited(absl::string_view what) {
  absl::Status status = Error(absl::StatusCode::kResourceExhausted, "RATE_LIMITED",
                              Describe(users::v1::ERROR_REASON_RATE_LIMITED, what));
  AddRetryDelay(status, kRetryAfter);
  return status;
}

}  // namespace usersync::store
