// Reads a user as it was: as of one of its versions, of a sequence, or of a moment of the
// store's clock.
#pragma once

#include "store/session.h"
#include "users/v1/user_service.pb.h"

namespace usersync::store {

// The newest version of the user that is not after what `request` names, told as GetUser told it
// then. Without a user if the content of that version was erased. `request.as_of` must be set.
//   INVALID_ARGUMENT, TIME_IN_FUTURE: the time is later than the newest commit.
//   INVALID_ARGUMENT, FIELD_INVALID: what can be no version, sequence or time; a sequence that is
//     later than the newest.
//   NOT_FOUND: USER_NOT_FOUND, VERSION_NOT_FOUND, USER_NOT_YET_CREATED.
//   OUT_OF_RANGE, VERSION_ARCHIVED: the version is below the archive horizon.
absl::StatusOr<users::v1::GetUserResponse> ReadUserAsOf(Session& session,
                                                        const users::v1::GetUserRequest& request);

}  // namespace usersync::store
