// Cuts a JSON array into its elements without looking into them, so that each can be decoded
// alone.
#pragma once

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"

namespace usersync::bridge {

// Whether the first character that is no white space is '['.
bool IsArray(absl::string_view json);

// The elements, at most `most` + 1 of them; nullopt if the brackets and strings do not add up.
// An element that is not JSON itself is found when it is decoded.
std::optional<std::vector<absl::string_view>> SplitArray(absl::string_view json, size_t most);

}  // namespace usersync::bridge
