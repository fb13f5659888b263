// Whatever a client sends as a request over HTTP/1.1, it means the same in one piece and in many,
// and what is taken of it is something that gRPC can carry.
#include <grpc/grpc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "gateway/base64_reader.h"
#include "gateway/grpc_timeout.h"
#include "gateway/grpc_web_frame.h"
#include "gateway/grpc_web_type.h"
#include "gateway/http1_head.h"
#include "gateway/http1_parser.h"
#include "gateway/message_encoding.h"
#include "gateway/metadata.h"

namespace usersync::gateway {
namespace {

constexpr size_t kMostMessageBytes = 1 << 10;

// Not assert(): it is gone in an optimised build.
void Check(bool holds) {
  if (!holds) std::abort();
}

// Hands `bytes` to `take` in pieces, until it returns false. Returns whether it took them all.
template <typename Take>
bool InPieces(absl::string_view bytes, size_t piece, Take take) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    if (!take(bytes.substr(0, piece))) return false;
  }
  return true;
}

// Begins to read a request whose head was checked. Returns whether Beast takes it too.
bool ReadHead(absl::string_view head, Http1Parser* parser) {
  boost::beast::error_code error;
  const size_t taken = parser->put(boost::asio::buffer(head.data(), head.size()), error);
  if (error && error != boost::beast::http::error::need_more) return false;
  Check(taken == head.size() && parser->is_header_done());
  return true;
}

// The body that follows a head, as far as it has come; nullopt if its framing is broken.
std::optional<std::string> ReadBody(absl::string_view head, absl::string_view bytes, size_t piece) {
  Http1Parser parser;
  Check(ReadHead(head, &parser));
  std::string received;
  std::string body;
  const bool whole = InPieces(bytes, piece, [&](absl::string_view some) {
    received.append(some.data(), some.size());
    while (!parser.is_done() && !received.empty()) {
      boost::beast::error_code error;
      const size_t taken = parser.put(boost::asio::buffer(received.data(), received.size()), error);
      received.erase(0, taken);
      body += parser.TakeBody();
      if (error && error != boost::beast::http::error::need_more) return false;
      if (taken == 0) break;
    }
    return true;
  });
  return whole ? std::optional(body) : std::nullopt;
}

std::optional<std::string> ReadBase64(absl::string_view text, size_t piece) {
  Base64Reader reader;
  std::string bytes;
  const bool whole =
      InPieces(text, piece, [&](absl::string_view some) { return reader.Read(some, &bytes); });
  Check(bytes.size() <= text.size() / 4 * 3);
  return whole ? std::optional(bytes) : std::nullopt;
}

// The frames, as the bytes that they were made of; the reader's last word.
std::pair<std::vector<std::string>, absl::StatusCode> ReadFrames(absl::string_view bytes,
                                                                 size_t piece,
                                                                 absl::string_view compression) {
  GrpcWebFrameReader reader(kMostMessageBytes);
  std::vector<std::string> frames;
  absl::Status last;
  InPieces(bytes, piece, [&](absl::string_view some) {
    while (last.ok() && !some.empty()) {
      GrpcWebFrame frame;
      const auto complete = reader.Read(&some, &frame);
      last = complete.status();
      if (!complete.ok() || !*complete) break;
      Check(frame.payload.size() <= kMostMessageBytes);
      const auto message = Decompress(compression, frame.payload, kMostMessageBytes);
      Check(!message.ok() || message->size() <= kMostMessageBytes);
      frames.push_back(FrameHead(frame.flags, frame.payload.size()) + frame.payload);
    }
    return last.ok();
  });
  return {frames, last.code()};
}

// Beast must see the framing that was checked, or a request could be hidden behind another.
void CheckFraming(absl::string_view head, const Http1Parser& parser) {
  const HttpHeaders& headers = parser.head().headers;
  const auto lines = std::count(head.begin(), head.end(), '\n');
  Check(std::distance(headers.begin(), headers.end()) == lines - 2);
  Check(parser.chunked() == (headers.Count("transfer-encoding") == 1));
  Check(parser.content_length().has_value() == (headers.Count("content-length") == 1));
  Check(headers.Count("host") <= 1);
}

void CheckTimeout(absl::string_view text) {
  const auto timeout = ParseGrpcTimeout(text);
  if (!timeout) return;
  Check(*timeout >= absl::ZeroDuration() && *timeout < absl::InfiniteDuration());
  Check(OnTheWire(*timeout) >= absl::ZeroDuration() && OnTheWire(*timeout) <= *timeout);
}

grpc_slice SliceOf(const std::string& text) {
  return grpc_slice_from_static_buffer(text.data(), text.size());
}

// grpc++ aborts the process over metadata that it cannot carry.
void CheckMetadata(const HttpHeaders& headers) {
  const auto metadata = ForwardedMetadata(headers);
  if (!metadata.ok()) return;
  for (const auto& [key, value] : *metadata) {
    Check(grpc_header_key_is_legal(SliceOf(key)) != 0);
    Check(absl::EndsWith(key, "-bin") || grpc_header_nonbin_value_is_legal(SliceOf(value)) != 0);
    Check(!absl::StartsWith(key, "usersync-") && !absl::StartsWith(key, "grpc-"));
  }
  HttpHeaders back;
  AppendFields(*metadata, &back);
}

void CheckRequest(absl::string_view request, size_t piece) {
  const size_t end = request.find("\r\n\r\n");
  if (end == absl::string_view::npos) return;
  const absl::string_view head = request.substr(0, end + 4);
  const absl::string_view rest = request.substr(end + 4);
  if (!CheckHttp1Head(head).ok()) return;
  Http1Parser parser;
  if (!ReadHead(head, &parser)) return;
  CheckFraming(head, parser);
  const HttpHeaders& headers = parser.head().headers;
  CheckTimeout(headers.Get("grpc-timeout"));
  CheckMetadata(headers);
  auto body = ReadBody(head, rest, rest.size() + 1);
  Check(body == ReadBody(head, rest, piece));
  const auto encoding = ParseGrpcWebType(headers.Get("content-type"));
  if (body && encoding == GrpcWebEncoding::kText) {
    const std::string text = *body;
    body = ReadBase64(text, text.size() + 1);
    Check(body == ReadBase64(text, piece));
  }
  if (!body) return;
  const absl::string_view compression = headers.Get("grpc-encoding");
  Check(ReadFrames(*body, body->size() + 1, compression) == ReadFrames(*body, piece, compression));
}

}  // namespace
}  // namespace usersync::gateway

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  usersync::gateway::CheckRequest({reinterpret_cast<const char*>(data), size}, 1 + size % 7);
  return 0;
}
