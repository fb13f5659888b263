// Text as it stands in a URL (RFC 3986), and in its query as forms write it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

// Without its percent signs. Nothing if they are wrong, or the result is no UTF-8.
std::optional<std::string> DecodePercent(absl::string_view text);

// Whether a path holds, behind a percent sign, what servers take for the end of a name: a slash of
// either kind, or a zero.
bool HidesSeparator(absl::string_view path);

// The names and values of a query, in order; `+` is a space. Nothing if one cannot be decoded.
std::optional<std::vector<std::pair<std::string, std::string>>> ParseQuery(absl::string_view query);

}  // namespace usersync::gateway
