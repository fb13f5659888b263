// A row of `users` as SQL selects it and as the store holds it.
#pragma once

#include <pqxx/pqxx>

#include "absl/status/statusor.h"
#include "store/decide.h"

namespace usersync::store {

// The columns that ReadUserRow expects, in this order, of a table or alias `users`.
inline constexpr char kUserColumns[] =
    "users.id, users.document::text, users.version, users.seq, users.hash, users.erased, "
    "(extract(epoch FROM users.create_time) * 1000000)::bigint, "
    "(extract(epoch FROM users.update_time) * 1000000)::bigint, "
    "(extract(epoch FROM users.delete_time) * 1000000)::bigint";
inline constexpr int kUserColumnCount = 9;

// DATA_LOSS if the row is not one that the store wrote.
absl::StatusOr<CurrentUser> ReadUserRow(const pqxx::row& row);

}  // namespace usersync::store
