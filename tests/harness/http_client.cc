#include "tests/harness/http_client.h"

#include <boost/asio/read.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace usersync::tests {
namespace {

namespace http = boost::beast::http;
using Socket = boost::asio::ip::tcp::socket;

void Send(Socket& socket, int port, const std::string& verb, const std::string& target,
          const HttpFields& headers, const std::string& body) {
  socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<uint16_t>(port)});
  http::request<http::string_body> request;
  request.method_string(verb);
  request.target(target);
  request.version(11);
  request.set("Host", absl::StrCat("127.0.0.1:", port));
  for (const auto& [name, value] : headers) request.set(name, value);
  request.body() = body;
  request.prepare_payload();
  http::write(socket, request);
}

HttpAnswer AnswerOf(const http::response<http::string_body>& response) {
  HttpAnswer answer{.status = static_cast<int>(response.result_int()), .body = response.body()};
  for (const auto& field : response) {
    answer.headers[absl::AsciiStrToLower(std::string(field.name_string()))] =
        std::string(field.value());
  }
  return answer;
}

ServerEvent Parse(const std::string& block) {
  ServerEvent event;
  for (const absl::string_view line : absl::StrSplit(block, '\n')) {
    const std::pair<absl::string_view, absl::string_view> halves =
        absl::StrSplit(line, absl::MaxSplits(": ", 1));
    if (halves.first == "event") event.type = std::string(halves.second);
    if (halves.first == "id") event.id = std::string(halves.second);
    if (halves.first == "data") event.data = std::string(halves.second);
    if (halves.first.empty()) event.comment = std::string(halves.second);
  }
  return event;
}

// A frame of gRPC-Web: flags, the length in four bytes, the payload.
constexpr size_t kFrameHeadBytes = 5;
constexpr unsigned char kTrailersFlag = 0x80;

struct Frame {
  bool is_last = false;
  std::string payload;
};

std::string FrameHead(size_t length) {
  std::string head(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) head.push_back(static_cast<char>(length >> shift));
  return head;
}

// Takes the first frame out of the bytes that have come, if it is there as a whole.
std::optional<Frame> TakeFrame(std::string& bytes) {
  if (bytes.size() < kFrameHeadBytes) return std::nullopt;
  size_t length = 0;
  for (size_t i = 1; i < kFrameHeadBytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(bytes[i]);
  }
  if (bytes.size() < kFrameHeadBytes + length) return std::nullopt;
  Frame frame{.is_last = (static_cast<unsigned char>(bytes[0]) & kTrailersFlag) != 0,
              .payload = bytes.substr(kFrameHeadBytes, length)};
  bytes.erase(0, kFrameHeadBytes + length);
  return frame;
}

HttpFields TrailersOf(const std::string& payload) {
  HttpFields fields;
  for (const absl::string_view line : absl::StrSplit(payload, "\r\n", absl::SkipEmpty())) {
    const std::pair<std::string, std::string> field = absl::StrSplit(line, absl::MaxSplits(':', 1));
    fields.insert(field);
  }
  return fields;
}

HttpFields WithGrpcWebType(HttpFields headers) {
  headers["Content-Type"] = "application/grpc-web+proto";
  return headers;
}

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

HttpAnswer HttpClient::Ask(const std::string& verb, const std::string& target,
                           const HttpFields& headers, const std::string& body) const {
  boost::asio::io_context context;
  Socket socket(context);
  Send(socket, port_, verb, target, headers, body);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.skip(verb == "HEAD");
  http::read(socket, buffer, parser);
  return AnswerOf(parser.get());
}

HttpStream::HttpStream(int port, const std::string& verb, const std::string& target,
                       const HttpFields& headers, const std::string& body)
    : socket_(context_) {
  Send(socket_, port, verb, target, headers, body);
  parser_.body_limit(boost::none);
  parser_.eager(true);
  http::read_header(socket_, buffer_, parser_);
}

HttpAnswer HttpStream::answer() {
  while (parser_.content_length() && ReadSome()) {
  }
  return AnswerOf(parser_.get());
}

bool HttpStream::ReadSome() {
  if (parser_.is_done()) return false;
  http::read_some(socket_, buffer_, parser_);
  return true;
}

std::optional<ServerEvent> EventStream::Next() {
  while (true) {
    if (const size_t end = text().find("\n\n"); end != std::string::npos) {
      const std::string block = text().substr(0, end);
      text().erase(0, end + 2);
      return Parse(block);
    }
    if (!ReadSome()) return std::nullopt;
  }
}

GrpcWebStream::GrpcWebStream(int port, const std::string& method, const std::string& message,
                             HttpFields headers)
    : HttpStream(port, "POST", "/" + method, WithGrpcWebType(std::move(headers)),
                 FrameHead(message.size()) + message) {}

std::optional<std::string> GrpcWebStream::Next() {
  while (true) {
    if (const auto frame = TakeFrame(text())) {
      if (!frame->is_last) return frame->payload;
      trailers_ = TrailersOf(frame->payload);
      return std::nullopt;
    }
    if (!ReadSome()) return std::nullopt;
  }
}

}  // namespace usersync::tests
