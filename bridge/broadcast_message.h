// A committed change as the message that every browser gets.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "bridge/broadcast_stream.h"
#include "bridge/nats_handle.h"

namespace usersync::bridge {

// The document with its headers; an empty payload if the content was erased. The answer goes to
// `reply`, if that is not empty.
absl::StatusOr<MessageHandle> MakeBroadcast(const BroadcastRequest& request,
                                            const std::string& reply);

// {"epoch","seq"}.
std::string EncodeHeartbeat(const std::string& epoch, int64_t sequence);

}  // namespace usersync::bridge
