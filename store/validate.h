// The rules for what clients write. Pure. Every broken one is reported.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "store/principal.h"
#include "users/v1/mutation.pb.h"

namespace usersync::store {

// 1 to 128 characters of [A-Za-z0-9_-].
bool IsUserId(absl::string_view id);

// 1 to 64 characters of [A-Za-z0-9_-].
bool IsActor(absl::string_view actor);

// ^[^\s@\x00-\x1f\x7f]+@[^\s@\x00-\x1f\x7f]+\.[^\s@.\x00-\x1f\x7f]+$, at most 320 bytes.
bool IsEmail(absl::string_view email);

// RFC 3339 in UTC: YYYY-MM-DDThh:mm:ss[.f{1,6}]Z, a real date of the years 0001 to 9999.
bool IsTimestamp(absl::string_view time);

// What is wrong with a mutation and its author's name; empty if nothing is. A mutation_id that
// holds ':' was derived by the bridge: clients are stopped before (IsClientMutationId).
std::vector<users::v1::Violation> Validate(const Principal& author,
                                           const users::v1::Mutation& mutation);

}  // namespace usersync::store
