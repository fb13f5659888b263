// A stream of changes, as the bridge reads it.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "users/v1/change_feed_service.pb.h"

namespace usersync::bridge {

// One thread reads; Cancel may come from any.
class ChangeStream {
 public:
  virtual ~ChangeStream() = default;
  // Waits for the next response until `deadline`. DEADLINE_EXCEEDED if none came: the stream goes
  // on. Any other error has ended it, also an end without one (UNAVAILABLE).
  virtual absl::Status Next(absl::Time deadline, users::v1::WatchResponse* response) = 0;
  // Ends it: Next returns CANCELLED.
  virtual void Cancel() = 0;
};

}  // namespace usersync::bridge
