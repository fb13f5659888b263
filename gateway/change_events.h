// What a watch tells, as server-sent events.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "users/v1/change_feed_service.pb.h"

namespace usersync::gateway {

// An event for each change, its id the change's checkpoint; `event: snapshot` for a page and
// `event: snapshotEnd` for the end of a snapshot; a comment for a heartbeat.
std::string EventsOf(const users::v1::WatchResponse& response);

// `event: error`, its data the problem.
std::string ErrorEvent(const absl::Status& error);

}  // namespace usersync::gateway
