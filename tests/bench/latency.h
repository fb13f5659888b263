// How long a lone update takes while nothing else happens.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "tests/harness/line.h"

namespace usersync::tests {

struct Latency {
  // From the publishing of each update to its receipt, and to its broadcast at a subscriber.
  std::vector<absl::Duration> receipt;
  std::vector<absl::Duration> broadcast;
};

// One update after the other, `samples` of each kind. The line must run and be at rest.
Latency MeasureLatency(Line& line, int samples);

}  // namespace usersync::tests
