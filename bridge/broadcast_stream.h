// USERS_BROADCAST as the broadcaster sees it. An interface, so that its loops are tested without
// NATS.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "users/v1/change_feed_service.pb.h"

namespace usersync::bridge {

// Which change a message of the stream holds.
struct BroadcastMark {
  std::string checkpoint;
  // 0 if the message names none.
  int64_t sequence = 0;
};

// A change on its way into the stream.
struct BroadcastRequest {
  const users::v1::Change& change;
  const std::string& epoch;
  // The sequence that the stream must be at for the message to be stored.
  uint64_t expected_last = 0;
  // Names the request when it is answered.
  uint64_t run = 0;
  bool wants_answer = true;
  // Whether it should leave at once rather than with those behind it. Only a change between the
  // two loses the order: change when nothing is unanswered.
  bool at_once = false;
};

// Thread-safe.
class BroadcastStream {
 public:
  virtual ~BroadcastStream() = default;

  struct State {
    uint64_t messages = 0;
    uint64_t first_sequence = 0;
    uint64_t last_sequence = 0;
  };
  // NOT_FOUND if there is no stream.
  virtual absl::StatusOr<State> ReadState() = 0;

  // NOT_FOUND if the stream has no message with this sequence.
  virtual absl::StatusOr<BroadcastMark> ReadMark(uint64_t sequence) = 0;

  // Sends a change; the listener hears what became of it, if it is to. An error: it was not sent.
  virtual absl::Status Publish(const BroadcastRequest& request) = 0;

  // The sequence that a message was stored with, or why it was not: ABORTED if the stream is not
  // at `expected_last`, ALREADY_EXISTS if it was taken for a duplicate, else UNAVAILABLE.
  struct Answer {
    uint64_t run = 0;
    uint64_t expected_last = 0;
    absl::StatusOr<uint64_t> stored_at;
  };
  using Listener = std::function<void(const Answer& answer)>;
  // Calls `listener`, from one thread at a time, for every answer. Null for none; when it returns,
  // the one before is not called any more.
  virtual void Listen(Listener listener) = 0;

  // Tells everybody where the feed is.
  virtual void Beat(const std::string& epoch, int64_t sequence) = 0;
};

}  // namespace usersync::bridge
