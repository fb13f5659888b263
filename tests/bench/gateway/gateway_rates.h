// What the gateway makes of a store's speed: the same calls straight to the store and through the
// gateway ("direct"); and, so that the store's own work hides nothing, straight to one that answers
// at once ("echo"), through the gateway, and through a proxy made of npm's connect-node.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace usersync::tests {

// Reports all its figures. `peer` is the script of the proxy; empty: that is left out.
void MeasureGatewayRates(const std::string& peer, absl::Duration time);

}  // namespace usersync::tests
