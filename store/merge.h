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
  // The fields that both changed, and not to the same; sorted by JSON name.
  std::vector<users::v1::FieldConflict> conflicts;
};

// `base` is what the author of `mine` started from, null if that was nothing; `theirs` stands.
// `created_at` and `updated_at` are never in dispute [every edit sets them]: the current created_at
// and the later updated_at are taken, each as written. Where one side deleted what the other went
// on editing, `_deleted` is in dispute, even if only one side changed it.
Merge MergeDocuments(const users::v1::User* base, const users::v1::User& mine,
                     const users::v1::User& theirs);

}  // namespace usersync::store
