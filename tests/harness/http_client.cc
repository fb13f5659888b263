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

EventStream::EventStream(int port, const std::string& target, const HttpFields& headers)
    : socket_(context_) {
  Send(socket_, port, "GET", target, headers, "");
  parser_.body_limit(boost::none);
  parser_.eager(true);
  http::read_header(socket_, buffer_, parser_);
}

HttpAnswer EventStream::answer() {
  while (parser_.content_length() && ReadSome()) {
  }
  return AnswerOf(parser_.get());
}

std::optional<ServerEvent> EventStream::Next() {
  std::string& text = parser_.get().body();
  while (true) {
    if (const size_t end = text.find("\n\n"); end != std::string::npos) {
      const std::string block = text.substr(0, end);
      text.erase(0, end + 2);
      return Parse(block);
    }
    if (!ReadSome()) return std::nullopt;
  }
}

bool EventStream::ReadSome() {
  if (parser_.is_done()) return false;
  http::read_some(socket_, buffer_, parser_);
  return true;
}

}  // namespace usersync::tests
