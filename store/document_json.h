// Documents as JSON, both ways.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "protos/json_text.h"
#include "users/v1/user.pb.h"

namespace usersync::store {

// The document fields in RFC 8785 (JCS): sorted, absent ones left out, `_deleted` always there,
// numbers as decimal strings.
std::string CanonicalDocument(const users::v1::User& user);

// Reads what CanonicalDocument wrote, in any order of keys (jsonb has its own). Fields that the
// schema does not know are ignored: a newer store wrote them. DATA_LOSS if it is no document.
absl::StatusOr<users::v1::User> ParseDocument(absl::string_view json);

}  // namespace usersync::store
