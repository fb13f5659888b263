// Messages of native gRPC that came compressed. gRPC itself would unpack them whatever they become:
// four megabytes are four gigabytes of zeros.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "absl/status/status.h"

namespace usersync::gateway {

// Puts what is in a message in its place, if it came compressed (the server must not have unpacked
// it). RESOURCE_EXHAUSTED if that is more than `most` bytes, INTERNAL if nothing can be read.
absl::Status Unpack(grpc::ByteBuffer* message, size_t most);

}  // namespace usersync::gateway
