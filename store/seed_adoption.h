// Adopts a database of the first idea of this system: two tables, `users` with numeric ids and
// `version` with gaps. Every row is kept; sequences are numbered anew and densely.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "store/session.h"

namespace usersync::store {

// Renames the seed's tables, if they are there, so that the schema can be made. Returns whether
// they were. FAILED_PRECONDITION if only half of them is.
absl::StatusOr<bool> MoveSeedAside(Session& session);

// Writes the seed's users and versions into the schema, with their hashes, and drops the seed's
// tables. Returns a line that says how many. In the same transaction as MoveSeedAside.
absl::StatusOr<std::string> AdoptSeed(Session& session);

}  // namespace usersync::store
