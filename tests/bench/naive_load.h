// The way that comes to mind first: a transaction for each message.
#pragma once

#include "absl/time/time.h"
#include "tests/harness/line.h"

namespace usersync::tests {

// Changes per second of the transaction that selects the user, writes it, counts its versions and
// inserts the next, at its best number of clients, each tried for `time`. In the seed's tables,
// with an index to count by; the same documents as everywhere here.
double MeasureNaive(Line& line, int users, absl::Duration time);

}  // namespace usersync::tests
