// An error that names the field of the request that is to blame: ErrorInfo for programs, and
// BadRequest besides if a rule is broken.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "users/v1/error_reason.pb.h"

namespace usersync::store {

// The text is that of Describe. `value` is shown, cut short.
absl::Status FieldError(absl::StatusCode code, users::v1::ErrorReason reason,
                        absl::string_view field, absl::string_view rule = "",
                        absl::string_view value = "");

// The same with INVALID_ARGUMENT.
absl::Status InvalidField(users::v1::ErrorReason reason, absl::string_view field,
                          absl::string_view rule = "", absl::string_view value = "");

}  // namespace usersync::store
