// What reflection tells through the gateway: of what is served here, and of nothing else behind it.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "gateway/call_rules.h"

namespace usersync::gateway {

// Whether a method's answers must be looked through.
bool IsReflection(absl::string_view method);

// Takes out of an answer of ServerReflection the services that are not served, and the files that
// declare them. NOT_FOUND is in its place if one of these was asked for, or nothing can be read.
void HideUnserved(const CallRules& rules, grpc::ByteBuffer* answer);

}  // namespace usersync::gateway
