// E-mail addresses.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace usersync::store {

// Whether it matches ^[^\s@\x00-\x1f\x7f]+@[^\s@\x00-\x1f\x7f]+\.[^\s@.\x00-\x1f\x7f]+$, where \s
// is ECMAScript's, and has at most 320 bytes. `email` is valid UTF-8.
bool IsEmail(absl::string_view email);

// The address with ASCII letters folded, as addresses are compared; others stay [PostgreSQL's
// lower() under COLLATE "C" does the same].
std::string FoldEmail(absl::string_view email);

}  // namespace usersync::store
