#include "store/watch_request.h"

#include "store/field_error.h"

namespace usersync::store {
namespace {

constexpr absl::Duration kLeastHeartbeat = absl::Seconds(1);
constexpr absl::Duration kMostHeartbeat = absl::Minutes(5);

}  // namespace

absl::StatusOr<WatchRequest> CheckWatchRequest(const users::v1::WatchRequest& request) {
  WatchRequest checked{.checkpoint = request.checkpoint(), .start = request.start()};
  if (!users::v1::WatchStart_IsValid(request.start())) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "start",
                        "must be a start that the schema knows");
  }
  if (request.has_heartbeat_interval()) {
    checked.heartbeat = absl::Seconds(request.heartbeat_interval().seconds()) +
                        absl::Nanoseconds(request.heartbeat_interval().nanos());
    if (checked.heartbeat < kLeastHeartbeat || checked.heartbeat > kMostHeartbeat) {
      return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "heartbeat_interval",
                          "must be 1 s to 5 min");
    }
  }
  auto filter = ChangeFilter::From(request.filter());
  if (!filter.ok()) return filter.status();
  checked.filter = *std::move(filter);
  checked.view = {request.include_before(), request.include_proof()};
  return checked;
}

}  // namespace usersync::store
