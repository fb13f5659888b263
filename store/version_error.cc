#include "store/version_error.h"

#include "absl/strings/str_cat.h"
#include "store/field_error.h"

namespace usersync::store {

absl::Status VersionNotFound(absl::string_view field, int32_t version, int32_t newest) {
  return FieldError(absl::StatusCode::kNotFound, users::v1::ERROR_REASON_VERSION_NOT_FOUND, field,
                    absl::StrCat("the newest is ", newest), absl::StrCat(version));
}

absl::Status VersionArchived(absl::string_view field) {
  return FieldError(absl::StatusCode::kOutOfRange, users::v1::ERROR_REASON_VERSION_ARCHIVED, field);
}

absl::Status UserNotYetCreated(absl::string_view field) {
  return FieldError(absl::StatusCode::kNotFound, users::v1::ERROR_REASON_USER_NOT_YET_CREATED,
                    field);
}

}  // namespace usersync::store
