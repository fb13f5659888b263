#include "store/field_error.h"

#include "common/status.h"
#include "protos/violation.h"

namespace usersync::store {

absl::Status FieldError(absl::StatusCode code, users::v1::ErrorReason reason,
                        absl::string_view field, absl::string_view rule, absl::string_view value) {
  const std::string text = Describe(reason, field, rule, value);
  absl::Status status = Error(code, ReasonName(reason), text);
  if (code == absl::StatusCode::kInvalidArgument) {
    AddViolations(status, {{std::string(field), text}});
  }
  return status;
}

absl::Status InvalidField(users::v1::ErrorReason reason, absl::string_view field,
                          absl::string_view rule, absl::string_view value) {
  return FieldError(absl::StatusCode::kInvalidArgument, reason, field, rule, value);
}

}  // namespace usersync::store
