// Where a Watch stream stands in the history.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "store/change_feed.h"
#include "store/watch_request.h"

namespace usersync::store {

struct WatchPlace {
  // Everything up to here was told.
  int64_t sequence = 0;
  std::string checkpoint;
  // The generation of the feed in which this place was in the history.
  int64_t generation = 0;
};

// Where a stream begins: for a snapshot, where its changes will begin. Errors as of
// ChangeFeed::ResolveForChanges. Blocks.
absl::StatusOr<WatchPlace> FindPlace(const ChangeFeed& feed, const WatchRequest& request);

}  // namespace usersync::store
