// A client that sends frames of HTTP/2 as they are, and reads what comes back (RFC 9113, 4.1).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/testing/raw_client.h"

namespace usersync::gateway {

struct Http2Frame {
  enum Type : uint8_t {
    kData = 0,
    kHeaders = 1,
    kReset = 3,
    kSettings = 4,
    kGoAway = 7,
    kWindowUpdate = 8,
    kContinuation = 9,
  };
  static constexpr uint8_t kEndStream = 1;
  static constexpr uint8_t kEndHeaders = 4;

  uint8_t type = kData;
  uint8_t flags = 0;
  uint32_t stream = 0;
  std::string payload;
};

inline std::string BigEndian(uint32_t number, size_t bytes) {
  std::string text;
  for (size_t i = bytes; i-- > 0;) text.push_back(static_cast<char>(number >> (8 * i)));
  return text;
}

inline std::string Bytes(const Http2Frame& frame) {
  const auto size = static_cast<uint32_t>(frame.payload.size());
  return absl::StrCat(BigEndian(size, 3), BigEndian(frame.type, 1), BigEndian(frame.flags, 1),
                      BigEndian(frame.stream, 4), frame.payload);
}

// A header field that is neither indexed nor Huffman coded (RFC 7541, 6.2.2).
inline std::string Http2Field(const std::string& name, const std::string& value) {
  const auto length = [](size_t size) {
    if (size < 127) return BigEndian(static_cast<uint32_t>(size), 1);
    std::string text = "\x7f";
    for (size -= 127; size >= 128; size /= 128) text.push_back(static_cast<char>(size % 128 + 128));
    text.push_back(static_cast<char>(size));
    return text;
  };
  return absl::StrCat(absl::string_view("\0", 1), length(name.size()), name, length(value.size()),
                      value);
}

// The fields of a gRPC-Web request.
inline std::string Http2Request(const std::string& path,
                                const std::vector<std::pair<std::string, std::string>>& more = {}) {
  std::string fields =
      absl::StrCat(Http2Field(":method", "POST"), Http2Field(":scheme", "http"),
                   Http2Field(":path", path), Http2Field(":authority", "localhost"),
                   Http2Field("content-type", "application/grpc-web+proto"));
  for (const auto& [name, value] : more) absl::StrAppend(&fields, Http2Field(name, value));
  return fields;
}

class Http2Client {
 public:
  explicit Http2Client(int port) : client_(port) {
    client_.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    Send({.type = Http2Frame::kSettings});
  }

  void Send(const Http2Frame& frame) { client_.Send(Bytes(frame)); }
  // Whether the peer took these bytes of frames.
  bool TrySend(const std::string& bytes) { return client_.TrySend(bytes); }

  // Sends a whole call.
  void Call(uint32_t stream, const std::string& path, const std::string& body) {
    Send({Http2Frame::kHeaders, Http2Frame::kEndHeaders, stream, Http2Request(path)});
    Send({Http2Frame::kData, Http2Frame::kEndStream, stream, body});
  }

  // Allows so many bytes more to be sent, for all streams and for one.
  void Allow(uint32_t stream, uint32_t bytes) {
    Send({Http2Frame::kWindowUpdate, 0, 0, BigEndian(bytes, 4)});
    Send({Http2Frame::kWindowUpdate, 0, stream, BigEndian(bytes, 4)});
  }

  // The next frame; false if the peer has hung up.
  bool Read(Http2Frame* frame) {
    const std::string head = client_.ReadBytes(9);
    if (head.size() < 9) return false;
    const auto number = [&](size_t from, size_t count) {
      uint32_t value = 0;
      for (size_t i = from; i < from + count; ++i)
        value = value << 8 | static_cast<uint8_t>(head[i]);
      return value;
    };
    *frame = {static_cast<uint8_t>(head[3]), static_cast<uint8_t>(head[4]), number(5, 4),
              client_.ReadBytes(number(0, 3))};
    return true;
  }

  // Reads until a frame of this kind has come for this stream; false if the peer hangs up first.
  bool ReadUntil(uint8_t type, uint32_t stream, Http2Frame* frame) {
    while (Read(frame)) {
      if (frame->type == type && frame->stream == stream) return true;
    }
    return false;
  }

  // All data of one stream, to its end.
  std::string ReadBody(uint32_t stream) {
    std::string body;
    Http2Frame frame;
    while (ReadUntil(Http2Frame::kData, stream, &frame)) {
      body += frame.payload;
      if ((frame.flags & Http2Frame::kEndStream) != 0) break;
    }
    return body;
  }

 private:
  RawClient client_;
};

}  // namespace usersync::gateway
