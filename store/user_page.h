// Reads single users and pages of users in order of their id.
#pragma once

#include "store/session.h"
#include "users/v1/user_service.pb.h"

namespace usersync::store {

// The user as it is now. NOT_FOUND, USER_NOT_FOUND, if there is none; INVALID_ARGUMENT if the id
// can be nobody's.
absl::StatusOr<users::v1::GetUserResponse> ReadUser(Session& session,
                                                    const users::v1::GetUserRequest& request);

// INVALID_ARGUMENT names the field and its rule. A page token names the last id of the page
// before, so that it survives concurrent writes.
absl::StatusOr<users::v1::ListUsersResponse> ReadUserPage(
    Session& session, const users::v1::ListUsersRequest& request);

}  // namespace usersync::store
