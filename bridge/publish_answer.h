// JetStream's answer to a published message.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace usersync::bridge {

// The sequence that the message was stored with. ABORTED if the stream was not at the expected
// sequence; ALREADY_EXISTS if it was taken for a duplicate and not stored; UNAVAILABLE for any
// other error, and for what is no answer of JetStream's.
absl::StatusOr<uint64_t> ParsePublishAnswer(absl::string_view json);

}  // namespace usersync::bridge
