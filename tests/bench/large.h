// A store with a long past.
#pragma once

#include <cstdint>

#include "tests/harness/line.h"

namespace usersync::tests {

// Writes so many versions, and the users they belong to, straight into the schema. The services
// must not run.
void FillWithVersions(Line& line, int64_t versions);

}  // namespace usersync::tests
