// The best that SQL can do with the same rows if nothing else is asked of it.
#pragma once

#include "absl/time/time.h"
#include "tests/harness/line.h"

namespace usersync::tests {

// Changes per second of updates that reach PostgreSQL as finished rows, many in one statement, at
// the best size of batches and number of connections, each tried for `time`. The tables are the
// store's own: columns, checks, indexes and partitions. Nothing is decided, hashed or put in one
// order: connections work side by side on users of their own.
double MeasureBatched(Line& line, int users, absl::Duration time);

}  // namespace usersync::tests
