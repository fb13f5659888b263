// The bridge as a whole: takes updates in, hands receipts and changes out, answers pulls, and
// leaves without losing what it has begun.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bridge/nats_connection.h"
#include "bridge/store_client.h"

namespace usersync::bridge {

class Bridge {
 public:
  struct Options {
    NatsConnection::Options nats;
    StoreClientOptions store;
    // Of GET /metrics, on loopback; 0: none.
    int metrics_port = 9465;
    // How long NATS is waited for.
    absl::Duration patience = absl::Seconds(30);
  };

  // Sets up the streams, then begins. UNAVAILABLE if NATS does not come; PERMISSION_DENIED if it
  // does not let us in; FAILED_PRECONDITION if the port of metrics is taken.
  static absl::StatusOr<std::unique_ptr<Bridge>> Start(const Options& options);

  // Stops taking in, finishes what is in flight, flushes.
  virtual ~Bridge() = default;

  // Whether NATS does not let it in any more: nothing moves, and nothing will.
  virtual bool is_cut_off() const = 0;
};

}  // namespace usersync::bridge
