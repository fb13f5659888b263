// A history of a million versions, for tests of what comes with age: written straight into the
// schema in seconds, with hashes as the store makes them.
#pragma once

#include <cstdint>

#include "tests/harness/database.h"

namespace usersync::tests {

inline constexpr int64_t kHistoryUsers = int64_t{1} << 17;
inline constexpr int64_t kHistoryRounds = 8;
inline constexpr int64_t kHistoryVersions = kHistoryUsers * kHistoryRounds;

// Writes kHistoryRounds versions of each of kHistoryUsers users, in turns, into an empty database
// whose store does not run; together exactly one partition. The user "user-N", N from 1, has
// version V at sequence (V - 1) * kHistoryUsers + N, with the status "s-V". A store that starts
// puts them into its log.
void WriteLongHistory(Database& owner);

}  // namespace usersync::tests
