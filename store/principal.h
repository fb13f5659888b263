// Who asks, and how we know.
#pragma once

#include <string>

#include "users/v1/version.pb.h"

namespace usersync::store {

// What somebody may do. An admin may all that a writer may, a writer all that a reader may.
enum class Role { kNone = 0, kReader = 1, kWriter = 2, kAdmin = 3 };

struct Principal {
  // 1 to 64 characters of [A-Za-z0-9_-].
  std::string actor;
  users::v1::Auth auth = users::v1::AUTH_NONE;
  Role role = Role::kNone;
  // Whether the bridge speaks for the actor: then a mutation may bear an id that the bridge
  // derived, which no client may claim.
  bool derives_ids = false;
};

}  // namespace usersync::store
