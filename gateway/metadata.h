// Which header fields of an HTTP request become gRPC metadata, and which metadata of the answer
// becomes header fields.
#pragma once

#include <grpcpp/support/string_ref.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/http_headers.h"

namespace usersync::gateway {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// A copy of what gRPC received, that outlives the call.
Metadata Copy(const std::multimap<grpc::string_ref, grpc::string_ref>& received);

// What is sent on: everything but what belongs to HTTP, to the browser, to gRPC, to the gateway's
// door (authorization, x-user-id), or claims to be ours (usersync-*). Values of -bin keys are
// decoded: padded or not, several joined by commas. INVALID_ARGUMENT, naming the field, for what
// gRPC cannot carry: grpc++ 1.51 aborts the process when it is given that.
absl::StatusOr<Metadata> ForwardedMetadata(const HttpHeaders& headers);

// What a store sent that is for its caller: without what gRPC itself reads, or cannot carry.
Metadata AnswerMetadata(const std::multimap<grpc::string_ref, grpc::string_ref>& received);

// Appends metadata that a store sent as header fields; values of -bin keys in base64 without
// padding. What gRPC itself reads is left out.
void AppendFields(const Metadata& metadata, HttpHeaders* headers);

}  // namespace usersync::gateway
