// JSON that has one meaning: what two parsers could read differently is refused.
#pragma once

#include <rapidjson/document.h>

#include <optional>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

// The whole of `text` as an object, in UTF-8, with no name twice in any object and nothing nested
// deeper than 16.
std::optional<rapidjson::Document> ParseJsonObject(absl::string_view text);

// A member that is a string, or nothing. Views `object`.
std::optional<absl::string_view> StringMember(const rapidjson::Value& object, const char* name);

}  // namespace usersync::gateway
