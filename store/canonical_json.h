// Any stored JSON in RFC 8785 (JCS), as the hashes of versions need it. Unlike a document's own
// writer it keeps fields that the schema does not know: they are part of what was hashed.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace usersync::store {

// DATA_LOSS if the text is no JSON, or holds a number: a version has decimal strings instead.
absl::StatusOr<std::string> CanonicalJson(absl::string_view json);

}  // namespace usersync::store
