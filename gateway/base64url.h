// Base64url as JOSE has it (RFC 7515, 2): without padding.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

// Nothing, unless `text` is that and nothing else.
std::optional<std::string> DecodeBase64Url(absl::string_view text);

}  // namespace usersync::gateway
