// How calls end that outlast the gateway.
#pragma once

#include "absl/status/status.h"

namespace usersync::gateway {

inline absl::Status GatewayStops() {
  return absl::UnavailableError("the gateway stops; call again");
}

}  // namespace usersync::gateway
