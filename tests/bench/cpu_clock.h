// CPU time that was used so far.
#pragma once

#include <sys/types.h>

#include "absl/time/time.h"

namespace usersync::tests {

// Of a process, its living children, and those it has waited for: PostgreSQL is one a connection.
absl::Duration CpuTimeOf(pid_t pid);

// Of this process alone.
absl::Duration CpuTimeOfSelf();

// Of everybody.
absl::Duration CpuTimeOfMachine();

}  // namespace usersync::tests
