// Reads two versions of a user and compares them.
#pragma once

#include "store/session.h"
#include "users/v1/history_service.pb.h"

namespace usersync::store {

// `to_version` may be the earlier one: then the diff says what going back would change.
//   INVALID_ARGUMENT, FIELD_INVALID: a version below 0.
//   INVALID_ARGUMENT, USER_ERASED: the content of one of the versions was erased.
//   NOT_FOUND: USER_NOT_FOUND, VERSION_NOT_FOUND; OUT_OF_RANGE, VERSION_ARCHIVED.
absl::StatusOr<users::v1::DiffVersionsResponse> ReadDiff(
    Session& session, const users::v1::DiffVersionsRequest& request);

}  // namespace usersync::store
