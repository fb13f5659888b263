// A committed change as the message that every browser gets.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "bridge/nats_handle.h"
#include "users/v1/change_feed_service.pb.h"

namespace usersync::bridge {

// The document with its headers; an empty payload if the content was erased. `expected_last` is
// the sequence that the stream must be at.
absl::StatusOr<MessageHandle> MakeBroadcast(const users::v1::Change& change,
                                            const std::string& epoch, uint64_t expected_last,
                                            const std::string& reply);

// {"epoch","seq"}.
std::string EncodeHeartbeat(const std::string& epoch, int64_t sequence);

}  // namespace usersync::bridge
