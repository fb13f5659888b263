// The one place that says who may do what. Decide and every read ask it.
#pragma once

#include "store/principal.h"
#include "users/v1/user.pb.h"

namespace usersync::store {

// What is asked for.
enum class Operation { kRead, kWrite, kAdminister };

// Pure. `current` and `proposed` are null where there is none; today only the role counts.
bool Authorize(const Principal& principal, Operation operation, const users::v1::User* current,
               const users::v1::User* proposed);

}  // namespace usersync::store
