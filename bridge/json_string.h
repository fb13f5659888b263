// Text in JSON that comes from clients: what may not stand in it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace usersync::bridge {

// The rule that a decoded string breaks, or nullptr: strings are valid UTF-8 without U+0000 and
// lone surrogates.
const char* FlawOf(absl::string_view text);

// The same JSON with every escaped high surrogate that stands alone turned into a low one. The
// parser stops at the first kind, and hands the second on as bytes in which FlawOf finds it.
std::string LowerLoneSurrogates(absl::string_view json);

}  // namespace usersync::bridge
