// The two streams of usersync, as this program needs them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "bridge/nats_connection.h"

namespace usersync::bridge {

// What the newest messages of USERS_BROADCAST may take up.
inline constexpr int64_t kBroadcastMaxBytes = int64_t{1} << 30;

// Makes the streams that are missing and changes what differs. Calls `say` with one line each:
// "Created USERS_UPDATE stream", "USERS_UPDATE stream exists", or what was changed.
// RESOURCE_EXHAUSTED if the server has not the room that a stream needs.
absl::Status SetUpStreams(const NatsConnection& nats,
                          const std::function<void(const std::string&)>& say);

// Where a stream stands.
struct StreamState {
  uint64_t messages = 0;
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;
  // Nanoseconds since 1970; 0 if it never held a message.
  int64_t last_time_ns = 0;
  // When the stream was made: another one of the same name has another time.
  int64_t created_ns = 0;
};

// NOT_FOUND if there is no such stream.
absl::StatusOr<StreamState> ReadStreamState(const NatsConnection& nats, const std::string& stream);

// NOT_FOUND if the stream has no message with this sequence. Ask only of a stream that is known to
// hold messages: nats-server 2.9.10 dies of the question while the stream is being made.
absl::StatusOr<MessageHandle> ReadMessage(const NatsConnection& nats, const std::string& stream,
                                          uint64_t sequence);

}  // namespace usersync::bridge
