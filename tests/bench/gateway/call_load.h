// The same calls again and again, a number of them always under way.
#pragma once

#include <sys/types.h>

#include <string>

#include "absl/time/time.h"
#include "tests/bench/gateway/client_set.h"

namespace usersync::tests {

struct CallLoad {
  std::string path;
  std::string message;
  int concurrent = 1;
  absl::Duration warm_up = absl::Milliseconds(500);
  absl::Duration time = absl::Seconds(2);
};

struct CallRates {
  double calls_per_second = 0;
  double messages_per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  // Processor time of the server per call.
  absl::Duration cpu;
};

// Throws if a call fails. `server` is the process whose time is taken.
CallRates MeasureCalls(ClientSet& clients, const CallLoad& load, pid_t server);

}  // namespace usersync::tests
