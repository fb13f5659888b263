#include "gateway/listener.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log.h"

namespace usersync::gateway {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// Out of file descriptors: how long to wait for some.
constexpr std::chrono::milliseconds kPause{100};

class RunningListener final : public Listener {
 public:
  RunningListener(IoThreads& threads, const Reception& reception, TlsContext* tls)
      : threads_(threads),
        reception_(reception),
        tls_(tls),
        acceptor_(threads.Next()),
        pause_(acceptor_.get_executor()) {}

  ~RunningListener() override {
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

  void Welcome(TcpSocket socket) {
    // Too many: the client finds out at once.
    auto place = reception_.connections.Enter();
    if (place == nullptr) return;
    SetOptions(socket);
    const auto executor = socket.get_executor();
    boost::asio::post(executor, [reception = reception_, place = std::move(place),
                                 context = tls_ == nullptr ? nullptr : tls_->Current(),
                                 socket = std::move(socket)]() mutable {
      if (context == nullptr) {
        WelcomePlain(std::move(socket), std::move(place), reception);
      } else {
        WelcomeTls(std::move(socket), *context, std::move(place), reception);
      }
    });
  }

  IoThreads& threads_;
  const Reception reception_;
  TlsContext* const tls_;
  tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Listen(const std::string& host, int port,
                                                           IoThreads& threads,
                                                           const Reception& reception,
                                                           TlsContext* tls) {
  auto listener = std::make_unique<RunningListener>(threads, reception, tls);
  if (auto status = listener->Open(host, port); !status.ok()) return status;
  return listener;
}

}  // namespace usersync::gateway
