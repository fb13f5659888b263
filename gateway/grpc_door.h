// Native gRPC: forwards the calls that the rules admit, whatever their kind, and knows no message
// type.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/call_rules.h"
#include "gateway/channel_pool.h"
#include "gateway/entry_rules.h"

namespace usersync::gateway {

class GrpcDoor {
 public:
  // All must outlive it. FAILED_PRECONDITION if the port cannot be had; port 0 is the next free.
  static absl::StatusOr<std::unique_ptr<GrpcDoor>> Listen(const std::string& host, int port,
                                                          const EntryRules& entry,
                                                          const CallRules& rules,
                                                          ChannelPool& pool);

  virtual ~GrpcDoor() = default;

  // Takes no new calls, and lets those under way end; what is left after `patience` is ended.
  virtual void Drain(absl::Duration patience) = 0;

  virtual int port() const = 0;
};

}  // namespace usersync::gateway
