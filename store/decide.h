// Decides one mutation: what becomes of it, and why. Pure: no clock, no database, no chance.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "store/email.h"
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
//
// In this order: may the author (DENIED), are the rules kept (INVALID), is it so already
// (UNCHANGED), did the author believe nothing or what is true (APPLIED), else a merge with what
// stands (MERGED, CONFLICT; UNCHANGED if nothing of it is new). Where no user has the id, a living
// document makes one and a deleted one is UNCHANGED, whatever the author believed. An author who
// believed that no user has the id, where one has and differs, gets CONFLICT, even if only times
// differ: it is another user. No write changes an erased user. The address of the resulting
// document, if that lives, must be free.
Decision Decide(const Principal& author, const users::v1::Mutation& mutation,
                const CurrentUser* current, EmailTaken email_taken, bool restoring = false);

}  // namespace usersync::store
