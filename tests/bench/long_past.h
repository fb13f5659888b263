// A line with a long past.
#pragma once

#include <cstdint>

#include "tests/harness/line.h"

namespace usersync::tests {

// Writes at least so many versions, and the users they belong to, straight into the schema, then
// starts the services as if they had made and broadcast all of them. The servers must run, the
// services not. The users that a bench edits are among those with a past.
void StartWithLongPast(Line& line, int64_t versions);

}  // namespace usersync::tests
