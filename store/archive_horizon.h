// The archive horizon: versions up to it are in files, no longer in the database. Their hashes
// stay in the log's tiles.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "store/session.h"

namespace usersync::store {

// 0 if nothing is archived.
absl::StatusOr<int64_t> ReadHorizon(Session& session);

// The hash of a version, archived or not; "" if there is none.
absl::StatusOr<std::string> ReadVersionHash(Session& session, int64_t sequence);

}  // namespace usersync::store
