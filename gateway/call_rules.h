// Which calls go on to a store, and what it is told of them: the same at every door.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/identity.h"
#include "gateway/metadata.h"

namespace usersync::gateway {

// Thread-safe.
class CallRules {
 public:
  // An actor may have `calls_per_actor` calls open at once. `more_services` are served besides
  // users.v1, health and reflection: prefixes of a method's name. `identity` must outlive this.
  CallRules(const Identity& identity, int calls_per_actor,
            std::vector<std::string> more_services = {});

  // Who calls, with all the metadata of the call to the store. UNIMPLEMENTED for a method that is
  // not served here, such as "/users.internal.v1.IngestService/Ingest"; INVALID_ARGUMENT for
  // fields that gRPC cannot carry; RESOURCE_EXHAUSTED, RATE_LIMITED, if the actor has too many
  // calls open; and what Identity says. `headers` have an x-request-id.
  absl::StatusOr<Caller> Admit(absl::string_view method, const HttpHeaders& headers) const;

  // Whether a method's service is served here.
  bool Serves(absl::string_view method) const;

 private:
  const Identity& identity_;
  const int calls_per_actor_;
  const Quota calls_;
  std::vector<std::string> services_;
};

}  // namespace usersync::gateway
