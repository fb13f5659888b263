// The frames of gRPC and gRPC-Web: a byte of flags, four bytes of length (big-endian), the rest.
#pragma once

#include <algorithm>
#include <functional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace usersync::tests {

inline std::string FrameOf(absl::string_view message) {
  std::string frame(1, '\0');
  for (const int shift : {24, 16, 8, 0}) frame += static_cast<char>(message.size() >> shift);
  return frame.append(message.data(), message.size());
}

// Counts the messages of an answer as it comes.
class MessageFrames {
 public:
  void Take(absl::string_view bytes, const std::function<void()>& on_message) {
    while (!bytes.empty()) {
      const size_t want = head_.size() < kHead ? kHead - head_.size() : left_;
      const size_t count = std::min(want, bytes.size());
      TakePart(bytes.substr(0, count), on_message);
      bytes.remove_prefix(count);
    }
  }

  // Whether a frame of trailers said that the call ended well; some servers write a space.
  bool ended_well() const {
    return absl::StrContains(trailers_, "grpc-status:0\r\n") ||
           absl::StrContains(trailers_, "grpc-status: 0\r\n");
  }

 private:
  static constexpr size_t kHead = 5;

  bool is_trailers() const { return (head_[0] & 0x80) != 0; }

  void TakePart(absl::string_view part, const std::function<void()>& on_message) {
    if (head_.size() < kHead) {
      head_.append(part.data(), part.size());
      if (head_.size() < kHead) return;
      left_ = 0;
      for (size_t i = 1; i < kHead; ++i) left_ = left_ << 8 | static_cast<unsigned char>(head_[i]);
    } else {
      if (is_trailers()) trailers_.append(part.data(), part.size());
      left_ -= part.size();
    }
    if (left_ > 0) return;
    if (!is_trailers()) on_message();
    head_.clear();
  }

  std::string head_;
  size_t left_ = 0;
  std::string trailers_;
};

}  // namespace usersync::tests
