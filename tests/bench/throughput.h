// How much the whole line carries: published to users.update, committed, broadcast.
#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"
#include "tests/bench/update_publisher.h"
#include "tests/harness/line.h"

namespace usersync::tests {

struct Throughput {
  // Changes that were both committed and broadcast, per second.
  double changes_per_second = 0;
  // CPU time per change, by process.
  std::map<std::string, absl::Duration> cpu_per_change;
};

struct LineLoad {
  // Not measured: users are made, plans and caches too.
  absl::Duration warm_up = absl::Seconds(5);
  absl::Duration time = absl::Seconds(20);
  UpdatePublisher::Options publisher = {};
};

// Publishes plain documents for as long as it measures, then waits until each of them has become
// a version and a broadcast; throws if one has not. The line must run and be at rest.
Throughput MeasureThroughput(Line& line, const LineLoad& load);

}  // namespace usersync::tests
