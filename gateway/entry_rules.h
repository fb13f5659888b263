// Under which names the gateway answers, and which pages may call: the same at every door.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/cors.h"
#include "gateway/host_list.h"

namespace usersync::gateway {

struct EntryRules {
  struct Options {
    // Besides those of loopback.
    std::vector<std::string> hosts;
    // Besides our own: any of our names, and our ports.
    std::vector<std::string> origins;
    int http_port = 0;
    int https_port = 0;
  };

  // INVALID_ARGUMENT names what no client sends: a host with a scheme, a port or a wildcard, an
  // origin with a path.
  static absl::StatusOr<EntryRules> Make(const Options& options);

  HostList hosts;
  CorsPolicy pages;
};

// What is said to those who are not let in.
inline constexpr char kWrongHost[] =
    "this server does not answer to this host name (--allowed-hosts)";
inline constexpr char kWrongOrigin[] = "pages of this origin may not call (--allowed-origins)";

}  // namespace usersync::gateway
