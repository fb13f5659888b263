// The messages of a stream, to look through and to remove from. An interface, so that the eraser is
// tested without NATS.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace usersync::bridge {

struct StoredMessage {
  uint64_t sequence = 0;
  // When the stream stored it, in nanoseconds since 1970.
  int64_t time_ns = 0;
  // The header Users-Action; empty if there is none.
  std::string action;
  absl::string_view payload;
};

// Thread-safe.
class StoredMessages {
 public:
  virtual ~StoredMessages() = default;

  // Shows `see` the messages that a stream holds up to sequence `last`, in order, until one is
  // refused: that error is returned. NOT_FOUND if there is no stream. What comes meanwhile may be
  // shown, too.
  using See = std::function<absl::Status(const StoredMessage& message)>;
  virtual absl::Status Scan(const std::string& stream, uint64_t last, const See& see) = 0;

  // Overwrites a message and removes it. OK if it is gone already.
  virtual absl::Status Erase(const std::string& stream, uint64_t sequence) = 0;
};

}  // namespace usersync::bridge
