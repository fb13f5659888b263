#include "store/watch_place.h"

#include <utility>

namespace usersync::store {

absl::StatusOr<WatchPlace> FindPlace(const ChangeFeed& feed, const WatchRequest& request) {
  const ChangeFeed::Head head = feed.head();
  if (!request.checkpoint.empty()) {
    const auto sequence = feed.ResolveForChanges(request.checkpoint);
    if (!sequence.ok()) return sequence.status();
    return WatchPlace{*sequence, request.checkpoint, head.generation};
  }
  if (request.start == users::v1::WATCH_START_OLDEST) {
    auto oldest = feed.Oldest();
    if (!oldest.ok()) return oldest.status();
    return WatchPlace{oldest->sequence, std::move(oldest->checkpoint), head.generation};
  }
  return WatchPlace{head.sequence, head.checkpoint, head.generation};
}

}  // namespace usersync::store
