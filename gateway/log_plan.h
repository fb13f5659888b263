// The log as witnesses and monitors read it (C2SP tlog-tiles): /log/checkpoint is the newest signed
// head, /log/tile/<L>/<N>[.p/<W>] the hashes of a tile.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "gateway/rest_call.h"

namespace usersync::gateway {

// The call that answers a path below /log/. Nothing if there is no such path.
std::optional<RestCall::Plan> PlanLogCall(absl::string_view path);

}  // namespace usersync::gateway
