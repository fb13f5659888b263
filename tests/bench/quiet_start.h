// Each measurement begins alike, whatever was measured before it.
#pragma once

#include "tests/harness/line.h"

namespace usersync::tests {

// A checkpoint: nothing of what was written before is left to be flushed, and the log has files to
// use again, as it has in a system that has run for a while.
void StartQuietly(Line& line);

}  // namespace usersync::tests
