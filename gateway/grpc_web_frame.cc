#include "gateway/grpc_web_frame.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace usersync::gateway {
namespace {

constexpr size_t kHeadBytes = 5;

// Moves up to `want` bytes from the front of `bytes` to the end of `out`.
void Move(size_t want, absl::string_view* bytes, std::string* out) {
  const size_t count = std::min(want, bytes->size());
  out->append(bytes->data(), count);
  bytes->remove_prefix(count);
}

}  // namespace

std::string FrameHead(uint8_t flags, size_t length) {
  std::string head(kHeadBytes, '\0');
  head[0] = static_cast<char>(flags);
  for (size_t i = 0; i < 4; ++i) head[1 + i] = static_cast<char>(length >> (24 - 8 * i));
  return head;
}

absl::Status GrpcWebFrameReader::ReadHead() {
  frame_.flags = static_cast<uint8_t>(head_[0]);
  length_ = 0;
  for (size_t i = 1; i < kHeadBytes; ++i) length_ = length_ << 8 | static_cast<uint8_t>(head_[i]);
  if ((frame_.flags & ~(GrpcWebFrame::kCompressed | GrpcWebFrame::kTrailers)) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("a frame has the unknown flags ", static_cast<int>(frame_.flags)));
  }
  if (length_ > most_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a message of ", length_, " bytes is larger than ", most_));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> GrpcWebFrameReader::Read(absl::string_view* bytes, GrpcWebFrame* frame) {
  if (head_.size() < kHeadBytes) {
    Move(kHeadBytes - head_.size(), bytes, &head_);
    if (head_.size() < kHeadBytes) return false;
    if (auto status = ReadHead(); !status.ok()) return status;
  }
  Move(length_ - frame_.payload.size(), bytes, &frame_.payload);
  if (frame_.payload.size() < length_) return false;
  *frame = std::exchange(frame_, {});
  head_.clear();
  return true;
}

}  // namespace usersync::gateway
