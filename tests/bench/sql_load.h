// What PostgreSQL alone does with the same changes: the measure of the whole line.
#pragma once

#include "absl/time/time.h"
#include "tests/harness/line.h"

namespace usersync::tests {

struct SqlLoad {
  // How long each way is tried.
  absl::Duration time = absl::Seconds(4);
  int users = 1000;
};

// Changes per second of the naive transaction per message (select the user, write it, count its
// versions, insert the next) at its best number of clients, in the seed's tables.
double MeasureNaive(Line& line, const SqlLoad& load);

// Changes per second of the best batched SQL known, in tables like the store's, at its best size
// of batches and number of connections.
double MeasureBatched(Line& line, const SqlLoad& load);

}  // namespace usersync::tests
