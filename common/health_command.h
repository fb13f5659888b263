// The command `health` of every service: asks the one that serves on this machine, for health
// checks of containers and scripts, which then need no client of their own.
#pragma once

namespace usersync {

// GETs /healthz of the metrics port, prints the answer and returns the exit status: 0 if the
// service is healthy, 1 if it is not or does not answer within 10 s.
int AskHealth(int metrics_port);

}  // namespace usersync
