#include "gateway/unpack.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include "gateway/byte_buffer.h"
#include "gateway/message_encoding.h"

namespace usersync::gateway {
namespace {

// C++ has no other way to ask a message how it is compressed.
class Compression : private grpc::ProtoBufferReader {
 public:
  explicit Compression(grpc::ByteBuffer* message) : ProtoBufferReader(message) {}
  grpc_compression_algorithm Get() { return reader()->buffer_in->data.raw.compression; }
};

}  // namespace

absl::Status Unpack(grpc::ByteBuffer* message, size_t most) {
  const grpc_compression_algorithm algorithm = Compression(message).Get();
  if (algorithm == GRPC_COMPRESS_NONE) return absl::OkStatus();
  const auto bytes =
      Decompress(algorithm == GRPC_COMPRESS_GZIP ? "gzip" : "deflate", BytesOf(*message), most);
  if (!bytes.ok()) return bytes.status();
  const grpc::Slice slice(*bytes);
  *message = grpc::ByteBuffer(&slice, 1);
  return absl::OkStatus();
}

}  // namespace usersync::gateway
