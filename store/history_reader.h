// Reads versions of one user. A version that is below the archive horizon is
// OUT_OF_RANGE, VERSION_ARCHIVED.
#pragma once

#include <string>
#include <vector>

#include "store/session.h"
#include "users/v1/version.pb.h"

namespace usersync::store {

// Which user's versions, and how far they go.
struct UserHistory {
  // users.id.
  int64_t object_id = 0;
  std::string user_id;
  // The number of the newest version.
  int32_t newest = 0;
};

// NOT_FOUND, USER_NOT_FOUND; INVALID_ARGUMENT if `user_id` cannot be the id of a user.
absl::StatusOr<UserHistory> FindHistory(Session& session, const std::string& user_id);

// NOT_FOUND, VERSION_NOT_FOUND, if the user has no such version; `field` is the one to blame.
absl::StatusOr<users::v1::Version> ReadVersion(Session& session, const UserHistory& history,
                                               int32_t version, absl::string_view field);

// Some of a user's versions: those between `above` and `below`, both exclusive.
struct VersionRange {
  int32_t above = 0;
  int32_t below = 0;
  bool newest_first = false;
};

// The first versions of a range that are not archived: at most `count` of them and about `bytes`,
// but at least one if there is any.
absl::StatusOr<std::vector<users::v1::Version>> ReadVersions(Session& session,
                                                             const UserHistory& history,
                                                             const VersionRange& range, int count,
                                                             size_t bytes);

// INVALID_ARGUMENT unless this can be the id of a user.
absl::Status CheckUserId(const std::string& user_id);

}  // namespace usersync::store
