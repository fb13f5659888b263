#include "common/health_command.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdio>

namespace usersync {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Response = http::response<http::string_body>;

constexpr std::chrono::seconds kPatience{10};

// One exchange; `error` says why there was none.
void Exchange(int port, Response& response, beast::error_code& error) {
  asio::io_context context;
  beast::tcp_stream stream(context);
  http::request<http::empty_body> request(http::verb::get, "/healthz", 11);
  request.set(http::field::host, "127.0.0.1");
  beast::flat_buffer buffer;
  // Only asynchronous operations have a deadline.
  const auto read = [&](beast::error_code result, size_t) {
    error = result;
    if (!error) http::async_read(stream, buffer, response, [&](auto end, size_t) { error = end; });
  };
  stream.expires_after(kPatience);
  stream.async_connect(tcp::endpoint(asio::ip::address_v4::loopback(), static_cast<uint16_t>(port)),
                       [&](beast::error_code result) {
                         error = result;
                         if (!error) http::async_write(stream, request, read);
                       });
  context.run();
}

}  // namespace

int AskHealth(int metrics_port) {
  Response response;
  beast::error_code error;
  Exchange(metrics_port, response, error);
  if (error) {
    std::fprintf(stderr, "127.0.0.1:%d does not answer: %s\n", metrics_port,
                 error.message().c_str());
    return 1;
  }
  const bool healthy = response.result() == http::status::ok;
  std::fputs(response.body().c_str(), healthy ? stdout : stderr);
  return healthy ? 0 : 1;
}

}  // namespace usersync
