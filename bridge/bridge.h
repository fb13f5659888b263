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
  // Waits for NATS up to `patience`; sets up the streams.
  static absl::StatusOr<std::unique_ptr<Bridge>> Start(const NatsConnection::Options& nats,
                                                       const StoreClientOptions& store,
                                                       absl::Duration patience);

  // Stops taking in, finishes what is in flight, flushes.
  virtual ~Bridge() = default;

  // Whether NATS does not let it in any more: nothing moves, and nothing will.
  virtual bool is_cut_off() const = 0;
};

}  // namespace usersync::bridge
