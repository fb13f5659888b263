// Lets a caller in: who it is, and that it may do what it asks for.
#pragma once

#include <grpcpp/server_context.h>

#include "absl/status/statusor.h"
#include "store/authorize.h"
#include "store/identity.h"

namespace usersync::store {

// The caller. UNAUTHENTICATED or INVALID_ARGUMENT as Identity says; PERMISSION_DENIED,
// ROLE_MISSING, names the role that it would need.
absl::StatusOr<Caller> Admit(const Identity& identity, const grpc::ServerContextBase& context,
                             Operation operation);

}  // namespace usersync::store
