// A committed version as the API tells it.
#pragma once

#include <pqxx/pqxx>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/version_record.h"
#include "users/v1/change_feed_service.pb.h"

namespace usersync::store {

// What the feed tells of a version that was just committed. `published` is InfinitePast if it
// came over gRPC.
users::v1::Change MakeChange(absl::string_view epoch, const VersionRecord& version,
                             absl::Time published, absl::Time enqueued, absl::Time committed);

// The same, read back from a row of kVersionColumns: without hop times, and without a user if its
// content was erased. DATA_LOSS if the row is not one that the store wrote.
absl::StatusOr<users::v1::Change> ReadChangeRow(absl::string_view epoch, const pqxx::row& row);

}  // namespace usersync::store
