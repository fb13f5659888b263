// gRPC's buffers, whose bytes may lie in several pieces.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <string>

namespace usersync::gateway {

// All its bytes; "" if it holds no message.
std::string BytesOf(const grpc::ByteBuffer& buffer);

}  // namespace usersync::gateway
