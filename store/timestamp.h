// Times as documents hold them: RFC 3339 in UTC, YYYY-MM-DDThh:mm:ss[.f{1,6}]Z, kept as written.
#pragma once

#include "absl/strings/string_view.h"

namespace usersync::store {

// Whether it is a real moment of the years 0001 to 9999, in that form. There is no second 60.
bool IsTimestamp(absl::string_view text);

// Whether `a` is a later moment than `b`, however many digits either has. Both are timestamps.
bool IsLater(absl::string_view a, absl::string_view b);

}  // namespace usersync::store
