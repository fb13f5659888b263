// What the whole line does: published to users.update, committed, broadcast.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/harness/line.h"

namespace usersync::tests {

struct Throughput {
  // Changes that were committed and broadcast, per second, in the steady state.
  double changes_per_second = 0;
  // Seconds of CPU a change, by process.
  std::map<std::string, absl::Duration> cpu_per_change;
};

struct LineLoad {
  absl::Duration warm_up = absl::Seconds(4);
  absl::Duration time = absl::Seconds(20);
  int users = 1000;
  // How many messages may be published and not yet taken in.
  int64_t backlog = 20000;
};

// Publishes plain documents for as long as it measures.
Throughput MeasureThroughput(Line& line, const LineLoad& load);

// How long a lone update takes from its publishing to its receipt, and to its broadcast.
struct Latency {
  std::vector<absl::Duration> receipt;
  std::vector<absl::Duration> broadcast;
};
Latency MeasureLatency(Line& line, int samples);

}  // namespace usersync::tests
