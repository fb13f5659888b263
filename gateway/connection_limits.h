// How long a client may take over what, so that no slow or silent one holds anything for ever.
#pragma once

#include "absl/time/time.h"

namespace usersync::gateway {

struct ConnectionLimits {
  // From the beginning to the first bytes that say which version of HTTP is spoken; over TLS, to
  // the end of the handshake.
  absl::Duration greeting = absl::Seconds(10);
  // The head of a request, from its first byte to its last; and its body.
  absl::Duration head = absl::Seconds(10);
  absl::Duration body = absl::Minutes(2);
  // Between requests.
  absl::Duration idle = absl::Minutes(2);
  // Without taking a byte of what is written for it.
  absl::Duration stall = absl::Seconds(60);
  // How long is still read of a request that was answered before its end: closing at once would
  // take the answer away from under the client.
  absl::Duration linger = absl::Seconds(2);
  // How many may be open at once; more are closed as they come.
  int most_connections = 20000;
};

}  // namespace usersync::gateway
