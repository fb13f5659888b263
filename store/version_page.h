// Pages of a user's versions, newest first.
#pragma once

#include "store/session.h"
#include "users/v1/history_service.pb.h"

namespace usersync::store {

// INVALID_ARGUMENT names the field and its rule; NOT_FOUND, USER_NOT_FOUND. The list ends where
// the archive begins.
absl::StatusOr<users::v1::ListVersionsResponse> ReadVersionPage(
    Session& session, const users::v1::ListVersionsRequest& request);

}  // namespace usersync::store
