// A thousand watchers of a real store behind the gateway: what they cost while nothing happens,
// and how soon all of them have a change.
#pragma once

#include "absl/time/time.h"

namespace usersync::tests {

struct OpenStreams {
  // Memory of the gateway per idle stream: over HTTP/2, a few connections, and over HTTP/1.1, a
  // connection a stream; then the same over TLS.
  double http2_kb = 0;
  double http1_kb = 0;
  double http2_tls_kb = 0;
  double http1_tls_kb = 0;
  // From the asking for a change until the last watcher has it; the median.
  double fanout_ms = 0;
};

// With a store and a gateway of its own.
OpenStreams MeasureOpenStreams(int streams, int changes);

}  // namespace usersync::tests
