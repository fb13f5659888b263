// Errors of requests that REST takes apart: INVALID_ARGUMENT, with the field as the client named
// it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/status.h"
#include "protos/violation.h"

namespace usersync::gateway {

// The text is that of Describe. `value` is shown, cut short.
inline absl::Status BadField(users::v1::ErrorReason reason, absl::string_view field,
                             absl::string_view rule = "", absl::string_view value = "") {
  const std::string text = Describe(reason, field, rule, value);
  absl::Status status = Error(absl::StatusCode::kInvalidArgument, ReasonName(reason), text);
  AddViolations(status, {{std::string(field), text}});
  return status;
}

}  // namespace usersync::gateway
