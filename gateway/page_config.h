// What the page asks for first, as /config.json: where everything is, because ports move.
#pragma once

#include <string>

namespace usersync::gateway {

struct PageConfig {
  std::string nats_ws_url;
  std::string gateway_url;
  std::string gateway_tls_url;
};

// {"natsWsUrl":…,"gatewayUrl":…,"gatewayTlsUrl":…}
std::string ToJson(const PageConfig& config);

}  // namespace usersync::gateway
