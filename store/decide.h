// Decides one mutation: what becomes of it, and why. Pure: no clock, no database, no chance.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "store/principal.h"
#include "users/v1/mutation.pb.h"

namespace usersync::store {

// A user as the store holds it.
struct CurrentUser {
  // users.id, the key of the row.
  int64_t object_id = 0;
  // The document and the output-only fields `version` and `sequence`.
  users::v1::User user;
  // The hash of its last version, 32 bytes.
  std::string hash;
  // Whether its last version is an erase: no later write revives it.
  bool erased = false;
};

// What both sides of an overlap wrote, kept in version.audit (audit.md: base, mine, theirs).
struct Audit {
  // Absent if the author believed that there was no user.
  std::optional<users::v1::User> base;
  users::v1::User mine;
  users::v1::User theirs;
};

struct Decision {
  users::v1::Outcome outcome = users::v1::OUTCOME_UNSPECIFIED;

  // APPLIED and MERGED: the version to be made. `document` holds document fields only,
  // `changed_fields` are JSON names, sorted.
  users::v1::Action action = users::v1::ACTION_UNSPECIFIED;
  users::v1::User document;
  std::vector<std::string> changed_fields;
  std::optional<Audit> audit;

  // CONFLICT, and MERGED by overwriting: the fields in dispute.
  std::vector<users::v1::FieldConflict> conflicts;

  // INVALID: every broken rule.
  std::vector<users::v1::Violation> violations;
};

// Whether a living user other than `user_id` has the address `folded` (FoldEmail) at this
// point of the batch.
using EmailTaken = absl::FunctionRef<bool(absl::string_view folded, absl::string_view user_id)>;

// `current` is null if no user has the id. `restoring` makes an update a restore.
Decision Decide(const Principal& author, const users::v1::Mutation& mutation,
                const CurrentUser* current, EmailTaken email_taken, bool restoring = false);

// The address with ASCII letters folded, as addresses are compared.
std::string FoldEmail(absl::string_view email);

}  // namespace usersync::store
