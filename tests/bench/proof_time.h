// How long a proof takes that a version is in the log.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "tests/harness/line.h"

namespace usersync::tests {

// Asks for so many proofs, of versions all over the log, one after the other.
std::vector<absl::Duration> TimeProofs(Line& line, int samples);

}  // namespace usersync::tests
