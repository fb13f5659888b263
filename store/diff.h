// What differs between two states of a user. Pure.
#pragma once

#include <vector>

#include "users/v1/version.pb.h"

namespace usersync::store {

// The fields of the document that differ, in the order of User's fields. `before` is null for the
// empty user before version 1: it has no values at all, while `_deleted` of a user is always
// there.
std::vector<users::v1::FieldDiff> Diff(const users::v1::User* before, const users::v1::User& after);

}  // namespace usersync::store
