// A client of HTTP/1.1 on loopback. Throws what the network throws.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace usersync::tests {

using HttpFields = std::map<std::string, std::string>;

struct HttpAnswer {
  int status = 0;
  // Names in lower case; "" for what is not there.
  HttpFields headers;
  std::string body;

  std::string header(const std::string& name) const;
  nlohmann::json json() const { return nlohmann::json::parse(body); }
};

class HttpClient {
 public:
  explicit HttpClient(int port) : port_(port) {}

  // On a connection of its own.
  HttpAnswer Ask(const std::string& verb, const std::string& target, const HttpFields& headers = {},
                 const std::string& body = "") const;

 private:
  const int port_;
};

// One of server-sent events, or a comment.
struct ServerEvent {
  std::string type;
  std::string id;
  std::string data;
  std::string comment;
};

// An answer whose body comes in pieces.
class HttpStream {
 public:
  HttpStream(int port, const std::string& verb, const std::string& target,
             const HttpFields& headers = {}, const std::string& body = "");

  // The head of the answer; its body, if it is no stream.
  HttpAnswer answer();

 protected:
  // Waits for more of the body. False at the end.
  bool ReadSome();
  // What has come and was not taken.
  std::string& text() { return parser_.get().body(); }

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  boost::beast::http::response_parser<boost::beast::http::string_body> parser_;
};

// A stream of server-sent events.
class EventStream final : public HttpStream {
 public:
  EventStream(int port, const std::string& target, const HttpFields& headers = {})
      : HttpStream(port, "GET", target, headers) {}

  // Waits for the next one; nothing at the stream's end.
  std::optional<ServerEvent> Next();
};

// A call of gRPC-Web, binary.
class GrpcWebStream final : public HttpStream {
 public:
  // `method` such as "users.v1.UserService/GetUser".
  GrpcWebStream(int port, const std::string& method, const std::string& message,
                HttpFields headers = {});

  // Waits for the next message; nothing at the stream's end.
  std::optional<std::string> Next();

  // After the end: grpc-status, grpc-message and the rest of the last frame. Empty if it never
  // came.
  const HttpFields& trailers() const { return trailers_; }

 private:
  HttpFields trailers_;
};

}  // namespace usersync::tests
