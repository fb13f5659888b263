// The shapes of ids and names.
#pragma once

#include "absl/strings/string_view.h"

namespace usersync::store {

// 1 to 128 characters of [A-Za-z0-9_-].
bool IsUserId(absl::string_view id);

// 1 to 64 characters of [A-Za-z0-9_-].
bool IsActor(absl::string_view actor);

// Whether a client may choose this mutation_id: 1 to 128 characters of [A-Za-z0-9._~-].
bool IsClientMutationId(absl::string_view id);

// Whether the bridge derived this mutation_id: <stream>:<sequence>:<time>, or that with /<index>.
// No client can choose one of these.
bool IsDerivedMutationId(absl::string_view id);

}  // namespace usersync::store
