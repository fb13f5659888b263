// Text as JSON writes it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace usersync {

// Appends a JSON string as RFC 8785 and JavaScript write it, quotes included: with the shortest
// escapes, and only those that JSON needs. `text` is valid UTF-8.
void AppendJsonString(absl::string_view text, std::string& out);

}  // namespace usersync
