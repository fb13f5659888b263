// Whether only this machine can reach an address.
#pragma once

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace usersync {

// `host` as an option names it; an IPv6 address with or without brackets.
inline bool IsLoopback(absl::string_view host) {
  return absl::StartsWith(host, "127.") || host == "localhost" || host == "::1" || host == "[::1]";
}

}  // namespace usersync
