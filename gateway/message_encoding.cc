#include "gateway/message_encoding.h"

#include <zlib.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace usersync::gateway {
namespace {

constexpr size_t kStep = 64 << 10;
// zlib's number for a window of 32 KiB; 16 more: with the head and tail of gzip.
constexpr int kWindow = 15;
constexpr int kGzip = 16;

}  // namespace

bool IsKnownEncoding(absl::string_view encoding) {
  return encoding.empty() || encoding == "identity" || encoding == "gzip" || encoding == "deflate";
}

absl::StatusOr<std::string> Decompress(absl::string_view encoding, absl::string_view bytes,
                                       size_t most) {
  const bool is_gzip = encoding == "gzip";
  if (!is_gzip && encoding != "deflate") {
    return absl::InternalError("a message is compressed, and grpc-encoding does not say how");
  }
  z_stream stream{};
  if (inflateInit2(&stream, is_gzip ? kWindow + kGzip : kWindow) != Z_OK) {
    return absl::ResourceExhaustedError("no memory to decompress a message");
  }
  const absl::Cleanup end = [&] { inflateEnd(&stream); };
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  for (int result = Z_OK; result != Z_STREAM_END;) {
    const size_t size = out.size();
    if (size > most) {
      return absl::ResourceExhaustedError(
          absl::StrCat("a message is larger than ", most, " bytes when it is decompressed"));
    }
    out.resize(std::min(size + kStep, most + 1));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    stream.avail_out = static_cast<uInt>(out.size() - size);
    result = inflate(&stream, Z_NO_FLUSH);
    const size_t made = out.size() - size - stream.avail_out;
    out.resize(size + made);
    const bool is_stuck = result == Z_BUF_ERROR || (made == 0 && stream.avail_in == 0);
    if ((result != Z_OK && result != Z_STREAM_END) || (result == Z_OK && is_stuck)) {
      return absl::InternalError(absl::StrCat("a message is no ", encoding));
    }
  }
  if (stream.avail_in > 0) return absl::InternalError("a compressed message has a tail");
  if (out.size() > most) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a message is larger than ", most, " bytes when it is decompressed"));
  }
  return out;
}

}  // namespace usersync::gateway
