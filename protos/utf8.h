// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past U+10FFFF.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace usersync {

// The length in bytes of the character that `text` begins with; 0 if it begins with none.
size_t Utf8CharacterLength(absl::string_view text);

bool IsValidUtf8(absl::string_view text);

// The first `most` characters of any bytes, fit to be shown: a byte that is no UTF-8 and a
// control character is a '?', and "…" stands for what was cut.
std::string ShowText(absl::string_view text, size_t most);

}  // namespace usersync
