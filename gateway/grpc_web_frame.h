// The frames of gRPC-Web: a byte of flags, four bytes of length (big-endian), the payload.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace usersync::gateway {

struct GrpcWebFrame {
  static constexpr uint8_t kCompressed = 0x01;
  static constexpr uint8_t kTrailers = 0x80;

  uint8_t flags = 0;
  std::string payload;
};

// The five bytes before a payload.
std::string FrameHead(uint8_t flags, size_t length);

// Cuts a stream of bytes into frames. Never holds more than one frame of the allowed size.
class GrpcWebFrameReader {
 public:
  // `most` is the size of the largest payload that is read.
  explicit GrpcWebFrameReader(size_t most) : most_(most) {}

  // Takes bytes from the front of `bytes` until a frame is complete or nothing is left. Returns
  // whether `frame` holds one now. RESOURCE_EXHAUSTED, before any of it is stored, if one is too
  // large; INVALID_ARGUMENT if its flags are unknown.
  absl::StatusOr<bool> Read(absl::string_view* bytes, GrpcWebFrame* frame);

  // Whether the bytes so far end inside a frame.
  bool is_inside() const { return !head_.empty(); }

 private:
  absl::Status ReadHead();

  const size_t most_;
  std::string head_;
  size_t length_ = 0;
  GrpcWebFrame frame_;
};

}  // namespace usersync::gateway
