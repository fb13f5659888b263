// Finds a port of 127.0.0.1 that nobody listens on.
#pragma once

namespace usersync::tests {

// Below the range from which the kernel draws the near end of connections, so that a server can
// be killed and started again on its port. Different at each call. Throws if there is none.
int FreePort();

}  // namespace usersync::tests
