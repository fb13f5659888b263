// The rules for what clients write. Pure. Every broken one is reported.
#pragma once

#include <vector>

#include "store/identifiers.h"
#include "store/principal.h"
#include "users/v1/mutation.pb.h"

namespace usersync::store {

// In characters.
inline constexpr size_t kMostReasonLength = 1024;

// What is wrong with a mutation and its author's name; empty if nothing is. `current` is null if
// there is no such user. A value that stands already is not judged again, neither in the document
// nor in what is assumed: an adopted database may hold what would be refused today, and such a
// user must still be editable and deletable.
std::vector<users::v1::Violation> Validate(const Principal& author,
                                           const users::v1::Mutation& mutation,
                                           const users::v1::User* current);

}  // namespace usersync::store
