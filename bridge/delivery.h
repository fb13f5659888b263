// Where a message stands, as JetStream says it in the reply subject of what it delivers.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace usersync::bridge {

struct Delivery {
  // The message's place in its stream, and when the stream stored it (nanoseconds since 1970).
  uint64_t stream_sequence = 0;
  int64_t time_ns = 0;
  // 1, 2, 3 … for this consumer: a gap is a loss.
  uint64_t consumer_sequence = 0;
};

// Reads "$JS.ACK.<stream>.<consumer>.<delivered>.<stream sequence>.<consumer sequence>.<time>.
// <pending>", with two more tokens (domain, account) behind "$JS.ACK" on newer servers. nullopt if
// it is none.
std::optional<Delivery> ParseDelivery(absl::string_view reply);

}  // namespace usersync::bridge
