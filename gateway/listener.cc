#include "gateway/listener.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/log.h"

namespace usersync::gateway {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// What every HTTP/2 client says first (RFC 9113, 3.4), up to where no HTTP/1 request is like it.
constexpr absl::string_view kHttp2Begin = "PRI * HTTP/2.0\r\n";
constexpr std::chrono::seconds kTimeToSpeak{10};
// Out of file descriptors: how long to wait for some.
constexpr std::chrono::milliseconds kPause{100};

// A connection of which nothing is known yet.
class Newcomer : public std::enable_shared_from_this<Newcomer> {
 public:
  Newcomer(std::unique_ptr<Transport> transport, ConnectionSet& connections, Router& router)
      : transport_(std::move(transport)),
        connections_(connections),
        router_(router),
        timer_(transport_->executor()) {}

  void Begin() {
    timer_.expires_after(kTimeToSpeak);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && self->transport_ != nullptr) self->transport_->Close();
    });
    ReadOn();
  }

 private:
  void ReadOn() {
    transport_->Read(boost::asio::buffer(buffer_),
                     [self = shared_from_this()](const error_code& error, size_t bytes) {
                       self->OnRead(error, bytes);
                     });
  }

  void OnRead(const error_code& error, size_t bytes) {
    if (error) {
      timer_.cancel();
      return;
    }
    read_.append(buffer_, bytes);
    const bool may_be_http2 =
        absl::StartsWith(kHttp2Begin, absl::string_view(read_).substr(0, kHttp2Begin.size()));
    if (may_be_http2 && read_.size() < kHttp2Begin.size()) return ReadOn();
    timer_.cancel();
    const auto executor = transport_->executor();
    connections_.Begin(
        executor,
        [&](std::function<void()> closed) {
          return may_be_http2
                     ? MakeHttp2Connection(std::move(transport_), router_, std::move(closed))
                     : MakeHttp1Connection(std::move(transport_), router_, std::move(closed));
        },
        std::move(read_));
  }

  std::unique_ptr<Transport> transport_;
  ConnectionSet& connections_;
  Router& router_;
  boost::asio::steady_timer timer_;
  char buffer_[1024];
  std::string read_;
};

class PlainListener final : public Listener {
 public:
  PlainListener(IoThreads& threads, ConnectionSet& connections, Router& router)
      : threads_(threads),
        connections_(connections),
        router_(router),
        acceptor_(threads.Next()),
        pause_(acceptor_.get_executor()) {}

  ~PlainListener() override {
    // The acceptor belongs to a thread; what it has begun there ends before we go.
    std::promise<void> closed;
    boost::asio::post(acceptor_.get_executor(), [&] {
      error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel();
      // Behind the handlers that this has put in the queue.
      boost::asio::post(acceptor_.get_executor(), [&] { closed.set_value(); });
    });
    closed.get_future().wait();
  }

  absl::Status Open(const std::string& host, int port) {
    error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    const tcp::endpoint endpoint(address, static_cast<uint16_t>(port));
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(boost::asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot listen on ", host, ":", port, ": ", error.message()));
    }
    boost::asio::post(acceptor_.get_executor(), [this] { Accept(); });
    return absl::OkStatus();
  }

  int port() const override { return acceptor_.local_endpoint().port(); }

 private:
  void Accept() {
    if (!acceptor_.is_open()) return;
    boost::asio::io_context& context = threads_.Next();
    acceptor_.async_accept(context, [this](const error_code& error, tcp::socket socket) {
      if (error == boost::asio::error::operation_aborted) return;
      if (error) return AcceptLater(error);
      Welcome(std::move(socket));
      Accept();
    });
  }

  void AcceptLater(const error_code& error) {
    spdlog::warn("a connection was not accepted: {}", error.message());
    pause_.expires_after(kPause);
    pause_.async_wait([this](const error_code& cancelled) {
      if (!cancelled) Accept();
    });
  }

  void Welcome(tcp::socket socket) {
    SetOptions(socket);
    const auto executor = socket.get_executor();
    const auto newcomer =
        std::make_shared<Newcomer>(MakeTransport(std::move(socket)), connections_, router_);
    boost::asio::post(executor, [newcomer] { newcomer->Begin(); });
  }

  IoThreads& threads_;
  ConnectionSet& connections_;
  Router& router_;
  tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Listen(const std::string& host, int port,
                                                           IoThreads& threads,
                                                           ConnectionSet& connections,
                                                           Router& router) {
  auto listener = std::make_unique<PlainListener>(threads, connections, router);
  if (auto status = listener->Open(host, port); !status.ok()) return status;
  return listener;
}

}  // namespace usersync::gateway
