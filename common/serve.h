// Waits for the end of a service. Make it first thing in main, before any thread starts: it
// blocks SIGTERM and SIGINT, and threads inherit that.
#pragma once

#include <csignal>

#include "absl/time/time.h"

namespace usersync {

class StopSignal {
 public:
  StopSignal();

  // Blocks until somebody asks the process to stop.
  void Wait();

  // The same for at most `timeout`; returns whether somebody asked. Once true, always true.
  bool WaitFor(absl::Duration timeout);

 private:
  sigset_t signals_;
  bool stopped_ = false;
};

}  // namespace usersync
