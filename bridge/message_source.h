// The messages of USERS_UPDATE in the order of the stream, from a position on. An interface, so
// that the consumer is tested without NATS.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bridge/position.h"
#include "bridge/update_decoder.h"

namespace usersync::bridge {

// Used by one thread, but for Wake.
class MessageSource {
 public:
  virtual ~MessageSource() = default;

  // Begins after a position. If the stream does not hold that very message (same sequence, same
  // time), it was cut or made anew: begins with the first message later than the position's time.
  virtual absl::Status Open(const Position& after) = 0;

  // Appends the next messages, at most `most`; waits for the first of them until `deadline`, or
  // until somebody calls Wake. An error means that what comes is not known to be the next:
  // open again.
  virtual absl::Status Take(size_t most, absl::Time deadline,
                            std::vector<UpdateMessage>* messages) = 0;

  // Ends the wait of Take, the present one or the next. Thread-safe.
  virtual void Wake() = 0;

  // Whether the stream holds a message that a reader at `position` has not seen.
  virtual absl::StatusOr<bool> HasLater(const Position& position) = 0;
};

}  // namespace usersync::bridge
