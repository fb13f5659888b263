// Page tokens: opaque to clients, one string for one place, and useless for another list.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace usersync::store {

// A token for a place in the lists of this kind. It names what the page before ended with, so
// that it survives concurrent writes.
std::string EncodePageToken(absl::string_view kind, absl::string_view place);

// The place. INVALID_ARGUMENT, TOKEN_MALFORMED, if the token is not one of this kind.
absl::StatusOr<std::string> DecodePageToken(absl::string_view kind, absl::string_view token);

// That a token is none of ours.
absl::Status PageTokenMalformed();

}  // namespace usersync::store
