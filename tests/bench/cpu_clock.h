// The CPU time that a process has used, and its children with it: PostgreSQL is one a connection.
#pragma once

#include <sys/types.h>

#include "absl/time/time.h"

namespace usersync::tests {

// User and system time of the process, its living children, and those it has waited for.
absl::Duration CpuTimeOf(pid_t pid);

}  // namespace usersync::tests
