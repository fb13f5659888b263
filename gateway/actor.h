// Names of actors, as clients may bear them.
#pragma once

#include "absl/strings/string_view.h"

namespace usersync::gateway {

// Who calls without saying who.
inline constexpr char kDefaultActor[] = "frontend-client";

// 1 to 64 characters of [A-Za-z0-9_-].
bool IsActor(absl::string_view name);

// Whether the name stands for a part of the system, and so for no client that says it.
bool IsReservedActor(absl::string_view name);

}  // namespace usersync::gateway
