// Compressed messages of gRPC: gzip and deflate, as grpc-encoding names them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace usersync::gateway {

// Whether messages in this encoding can be read; "" and "identity" can.
bool IsKnownEncoding(absl::string_view encoding);

// The message as it was. RESOURCE_EXHAUSTED, without unpacking on, once it is larger than `most`;
// INTERNAL if it is not in this encoding, or the encoding is none.
absl::StatusOr<std::string> Decompress(absl::string_view encoding, absl::string_view bytes,
                                       size_t most);

}  // namespace usersync::gateway
