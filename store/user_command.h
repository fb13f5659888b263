// What UserService asks for, made a mutation once the current user is known. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/decide.h"

namespace usersync::store {

struct UserCommand {
  enum class Kind { kCreate, kUpdate, kDelete };
  Kind kind = Kind::kCreate;
  // The user as the request gives it; only `id` counts for a delete.
  users::v1::User user;
  // kUpdate: the JSON names of the fields to take from `user`.
  std::vector<std::string> fields;
  std::optional<int32_t> expected_version;
  std::string mutation_id;
  std::string reason;
};

// The mutation that does what the command says to `current` (null if there is none). `now` is
// the store's clock as 2024-01-01T00:00:00.000Z: what the command leaves open of `created_at`
// and `updated_at`. It is made on top of `current`, so that nothing is lost by having no belief.
// An update in which nothing differs keeps `updated_at` too. Errors, in this order: USER_NOT_FOUND,
// USER_ERASED, USER_EXISTS or USER_DELETED, VERSION_MISMATCH; FIELD_INVALID for a create of a
// deleted user.
absl::StatusOr<users::v1::Mutation> Resolve(const UserCommand& command, const CurrentUser* current,
                                            absl::string_view now);

}  // namespace usersync::store
