// Joins what two authors made of the same document, field by field. Pure.
#pragma once

#include <optional>
#include <vector>

#include "users/v1/user.pb.h"
#include "users/v1/version.pb.h"

namespace usersync::store {

struct Merge {
  // The changes of both sides; where they dispute, what `mine` says.
  users::v1::User document;
  // The fields that both changed, and not to the same.
  std::vector<users::v1::FieldConflict> conflicts;
};

// `base` is what the author of `mine` started from, null if that was nothing; `theirs` stands.
// `created_at` and `updated_at` are never in dispute: the current created_at and the later
// updated_at are taken. A deletion disputes `_deleted` with every other change.
Merge MergeDocuments(const users::v1::User* base, const users::v1::User& mine,
                     const users::v1::User& theirs);

// Whether the first RFC 3339 time in UTC is later than the second. Both are valid.
bool IsLater(const std::string& a, const std::string& b);

}  // namespace usersync::store
