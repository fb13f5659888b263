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
  // `more_services` are served besides users.v1, health and reflection: prefixes of a method's
  // name. `identity` must outlive this.
  CallRules(const Identity& identity, std::vector<std::string> more_services = {});

  // Who calls, with all the metadata of the call to the store. UNIMPLEMENTED for a method that is
  // not served here, such as "/users.internal.v1.IngestService/Ingest"; INVALID_ARGUMENT for
  // fields that gRPC cannot carry; and what Identity says.
  absl::StatusOr<Caller> Admit(absl::string_view method, const HttpHeaders& headers) const;

 private:
  bool Serves(absl::string_view method) const;

  const Identity& identity_;
  std::vector<std::string> services_;
};

}  // namespace usersync::gateway
