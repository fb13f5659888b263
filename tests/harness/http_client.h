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

// A stream of server-sent events.
class EventStream {
 public:
  EventStream(int port, const std::string& target, const HttpFields& headers = {});

  // The head of the answer; its body, if it is no stream.
  HttpAnswer answer();

  // Waits for the next one; nothing at the stream's end.
  std::optional<ServerEvent> Next();

 private:
  // False at the end.
  bool ReadSome();

  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  boost::beast::http::response_parser<boost::beast::http::string_body> parser_;
};

}  // namespace usersync::tests
