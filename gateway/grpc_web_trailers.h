// The last frame of a gRPC-Web answer: the status and the trailing metadata.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "gateway/metadata.h"

namespace usersync::gateway {

// The whole frame: lower-case keys, `key:value` without a space (tonic's client trips over one),
// each ended by CRLF; grpc-status first, then grpc-message percent-encoded and
// grpc-status-details-bin, if there are any.
std::string TrailersFrame(const grpc::Status& status, const Metadata& trailing);

// Encodes '%' and all but printable ASCII as %XX.
std::string PercentEncode(absl::string_view text);

// What a client may be told: grpc++ puts the store's address into its own messages.
grpc::Status WithoutAddresses(const grpc::Status& status);

}  // namespace usersync::gateway
