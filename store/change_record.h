// A committed version as the feed holds it.
#pragma once

#include <optional>
#include <pqxx/pqxx>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/feed_change.h"
#include "store/version_record.h"

namespace usersync::store {

// When a change passed the parts of the system. `published` is InfinitePast if it came over gRPC.
struct Hops {
  absl::Time published = absl::InfinitePast();
  absl::Time enqueued = absl::InfinitePast();
  absl::Time committed = absl::InfinitePast();
};

// What the feed holds of a version that was just committed, and of the user before it.
FeedChange MakeChange(absl::string_view epoch, VersionRecord version,
                      std::optional<users::v1::User> before, const Hops& hops);

// What is read for a change that is read back: `FROM` and before, with or without the user before
// it. The caller adds WHERE and ORDER BY.
std::string SelectChanges(bool with_before);

// A row of SelectChanges: without hop times, and without users whose content was erased.
// DATA_LOSS if the row is not one that the store wrote.
absl::StatusOr<FeedChange> ReadChangeRow(absl::string_view epoch, const pqxx::row& row,
                                         bool with_before);

}  // namespace usersync::store
