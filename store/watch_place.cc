#include "store/watch_place.h"

#include "store/checkpoint.h"

namespace usersync::store {

absl::StatusOr<WatchPlace> FindPlace(const ChangeFeed& feed, const WatchRequest& request) {
  const ChangeFeed::Head head = feed.head();
  if (!request.checkpoint.empty()) {
    const auto sequence = feed.Resolve(request.checkpoint);
    if (!sequence.ok()) return sequence.status();
    return WatchPlace{*sequence, request.checkpoint, head.generation};
  }
  if (request.start == users::v1::WATCH_START_OLDEST) {
    return WatchPlace{0, Encode(CheckpointOf(feed.epoch(), 0, "")), head.generation};
  }
  return WatchPlace{head.sequence, head.checkpoint, head.generation};
}

}  // namespace usersync::store
