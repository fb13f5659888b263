// Makes the streams again if somebody deleted them. Whoever did may be about to make them anew
// himself, so it waits a moment. Thread-safe.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "bridge/nats_connection.h"
#include "common/mutex.h"

namespace usersync::bridge {

class StreamKeeper {
 public:
  // `nats` must outlive this.
  explicit StreamKeeper(const NatsConnection& nats) : nats_(nats) {}

  // Hears how an access to a stream went; NOT_FOUND counts.
  void Note(const absl::Status& status);

 private:
  const NatsConnection& nats_;
  Mutex mutex_;
  absl::Time first_missed_ GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time last_missed_ GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace usersync::bridge
