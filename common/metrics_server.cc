#include "common/metrics_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"

namespace usersync {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

// How long a caller may take over its request and over our answer.
constexpr std::chrono::seconds kPatience{5};
constexpr size_t kMostHeaderBytes = 4096;

// A page in a browser can reach a loopback port under a name of its own; it gets nothing
// (DNS rebinding).
bool IsLoopbackName(beast::string_view host) {
  const beast::string_view name = host.substr(0, host.find_last_of(':'));
  return name == "localhost" || name == "127.0.0.1";
}

Response Answer(const Request& request, const Metrics& metrics,
                const MetricsServer::Health& health) {
  Response response{http::status::ok, request.version()};
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.keep_alive(false);
  if (!IsLoopbackName(request[http::field::host])) {
    response.result(http::status::misdirected_request);
    response.body() = "this port answers to localhost and 127.0.0.1 alone\n";
  } else if (request.target() != "/metrics" && request.target() != "/healthz") {
    response.result(http::status::not_found);
    response.body() = "only /metrics and /healthz are here\n";
  } else if (request.method() != http::verb::get) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET");
    response.body() = "GET it\n";
  } else if (request.target() == "/healthz") {
    const absl::Status status = health();
    if (!status.ok()) response.result(http::status::service_unavailable);
    response.body() = absl::StrCat(status.ok() ? "healthy" : status.message(), "\n");
  } else {
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response.body() = metrics.Text();
  }
  response.prepare_payload();
  return response;
}

// One connection: a request, its answer, the end.
class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(tcp::socket socket, const Metrics& metrics, const MetricsServer::Health& health)
      : stream_(std::move(socket)), metrics_(metrics), health_(health) {
    parser_.header_limit(kMostHeaderBytes);
    parser_.body_limit(0);
  }

  void Begin() {
    stream_.expires_after(kPatience);
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](beast::error_code error, size_t) {
                       if (!error) self->Reply();
                     });
  }

 private:
  void Reply() {
    response_ = Answer(parser_.get(), metrics_, health_);
    stream_.expires_after(kPatience);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code, size_t) { self->End(); });
  }

  void End() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  beast::tcp_stream stream_;
  const Metrics& metrics_;
  const MetricsServer::Health& health_;
  beast::flat_buffer buffer_{kMostHeaderBytes};
  http::request_parser<http::empty_body> parser_;
  Response response_;
};

class RunningMetricsServer final : public MetricsServer {
 public:
  RunningMetricsServer(const Metrics& metrics, Health health)
      : metrics_(metrics), health_(std::move(health)) {}

  ~RunningMetricsServer() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Listen(int port) {
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), static_cast<uint16_t>(port));
    beast::error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot serve metrics on 127.0.0.1:", port, ": ", error.message()));
    }
    Accept();
    thread_ = std::thread([this] { context_.run(); });
    return absl::OkStatus();
  }

  int port() const override { return acceptor_.local_endpoint().port(); }

 private:
  void Accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (!error) std::make_shared<Conversation>(std::move(socket), metrics_, health_)->Begin();
      if (acceptor_.is_open()) Accept();
    });
  }

  const Metrics& metrics_;
  const Health health_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(int port,
                                                                    const Metrics& metrics,
                                                                    Health health) {
  auto server = std::make_unique<RunningMetricsServer>(metrics, std::move(health));
  if (auto status = server->Listen(port); !status.ok()) return status;
  return server;
}

}  // namespace usersync
