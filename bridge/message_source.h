// The messages of USERS_UPDATE in the order of the stream, from a position on. An interface, so
// that the consumer is tested without NATS.
#pragma once

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bridge/nats_connection.h"
#include "bridge/update_decoder.h"
#include "users/internal/v1/ingest_service.pb.h"

namespace usersync::bridge {

// Used by one thread.
class MessageSource {
 public:
  virtual ~MessageSource() = default;

  // Begins after a position. If the stream does not hold that very message (same sequence, same
  // time), it was cut or made anew: begins with the first message later than the position's time.
  virtual absl::Status Open(const users::internal::v1::Position& after) = 0;

  // The next message; nullopt if none came in time. An error means: open again.
  virtual absl::StatusOr<std::optional<UpdateMessage>> Next(absl::Duration timeout) = 0;

  // Whether Next would return a message at once.
  virtual bool HasNext() = 0;

  // Whether the stream holds a message that a reader at `position` has not seen.
  virtual absl::StatusOr<bool> HasLater(const users::internal::v1::Position& position) = 0;
};

std::unique_ptr<MessageSource> MakeMessageSource(const NatsConnection& nats);

// Nanoseconds since 1970.
int64_t NanosOf(const users::internal::v1::Position& position);
users::internal::v1::Position MakePosition(uint64_t sequence, int64_t time_ns);

}  // namespace usersync::bridge
