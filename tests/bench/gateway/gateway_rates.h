// What the gateway makes of a store's speed: the same calls straight to a store that answers at
// once, through the gateway, and through a proxy made of npm's connect-node; and straight to a real
// store and through the gateway.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace usersync::tests {

// Reports all its figures. `peer` is the script of the proxy; empty: that is left out.
void MeasureGatewayRates(const std::string& peer, absl::Duration time);

}  // namespace usersync::tests
