// What UserService asks for, made a mutation once the current user is known. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/decide.h"

namespace usersync::store {

struct UserCommand {
  enum class Kind { kCreate, kUpdate, kDelete, kUndelete, kRestore, kErase };
  Kind kind = Kind::kCreate;
  // The user as the request gives it; only `id` counts but for a create and an update.
  users::v1::User user;
  // kUpdate: the JSON names of the fields to take from `user`.
  std::vector<std::string> fields;
  // kRestore: the version whose fields are taken.
  int32_t version = 0;
  std::optional<int32_t> expected_version;
  std::string mutation_id;
  std::string reason;
};

// Whether a command needs a version of before.
inline bool TakesFromThePast(const UserCommand& command) {
  return command.kind == UserCommand::Kind::kUndelete ||
         command.kind == UserCommand::Kind::kRestore;
}

// What a command stands on.
struct Ground {
  // Null if there is no such user.
  const CurrentUser* current = nullptr;
  // kUndelete: the user as it last lived; kRestore: as of the version. Null if that is not there.
  const users::v1::User* past = nullptr;
  // The store's clock as 2024-01-01T00:00:00.000Z: what the command leaves open of `created_at`
  // and `updated_at`.
  absl::string_view now;
};

// The mutation that does what the command says. It is made on top of what is current, so that
// nothing is lost by having no belief. An update in which nothing differs keeps `updated_at` too;
// a restore never does: it always makes a version. An erasure may be asked for again, and of a
// deleted user. Errors, in this order: USER_NOT_FOUND, USER_ERASED, USER_EXISTS or USER_DELETED,
// VERSION_MISMATCH, VERSION_NOT_FOUND or VERSION_ARCHIVED; FIELD_INVALID for a create of a deleted
// user.
absl::StatusOr<users::v1::Mutation> Resolve(const UserCommand& command, const Ground& ground);

}  // namespace usersync::store
