// Pages of what was refused, newest first.
#pragma once

#include "store/session.h"
#include "users/v1/admin_service.pb.h"

namespace usersync::store {

// INVALID_ARGUMENT names the field and its rule. A page token names the last mutation of the page
// before, and whose list it is, so that it survives concurrent writes.
absl::StatusOr<users::v1::ListRefusedResponse> ReadRefusedPage(
    Session& session, const users::v1::ListRefusedRequest& request);

}  // namespace usersync::store
