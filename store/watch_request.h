// What a WatchRequest asks for, checked.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/quota.h"
#include "store/change_filter.h"
#include "users/v1/change_feed_service.pb.h"

namespace usersync::store {

// What a watcher is told of each change.
struct ChangeView {
  bool include_before = false;
  bool include_proof = false;

  bool operator==(const ChangeView&) const = default;
};

struct WatchRequest {
  // Where to go on. Empty: at `start`.
  std::string checkpoint;
  users::v1::WatchStart start = users::v1::WATCH_START_NOW;
  ChangeFilter filter;
  ChangeView view;
  absl::Duration heartbeat = absl::Seconds(10);
  // Counts a snapshot among its actor's, until it was sent.
  std::shared_ptr<const Quota::Slot> snapshot_slot;

  bool wants_snapshot() const {
    return checkpoint.empty() && start == users::v1::WATCH_START_SNAPSHOT;
  }
};

// INVALID_ARGUMENT names the field and its rule. The checkpoint is not looked at.
absl::StatusOr<WatchRequest> CheckWatchRequest(const users::v1::WatchRequest& request);

}  // namespace usersync::store
