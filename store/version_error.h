// Errors about versions of users, each with its name.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace usersync::store {

// NOT_FOUND, VERSION_NOT_FOUND. `newest` is the user's newest version.
absl::Status VersionNotFound(absl::string_view field, int32_t version, int32_t newest);

// OUT_OF_RANGE, VERSION_ARCHIVED.
absl::Status VersionArchived(absl::string_view field);

// NOT_FOUND, USER_NOT_YET_CREATED.
absl::Status UserNotYetCreated(absl::string_view field);

}  // namespace usersync::store
