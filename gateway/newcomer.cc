#include "gateway/newcomer.h"

#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "gateway/tls_transport.h"

namespace usersync::gateway {
namespace {

using boost::system::error_code;

// What every HTTP/2 client says first (RFC 9113, 3.4), up to where no HTTP/1 request is like it.
constexpr absl::string_view kHttp2Begin = "PRI * HTTP/2.0\r\n";

// Beyond loopback HTTP/2 is spoken over TLS alone, as browsers do.
bool IsOnLoopback(const TcpSocket& socket) {
  error_code error;
  const auto address = socket.local_endpoint(error).address();
  return !error && address.is_loopback();
}

// What both kinds of newcomers share: a time to speak, and where they go.
class Newcomer {
 public:
  Newcomer(const boost::asio::any_io_executor& executor,
           std::shared_ptr<ConnectionSet::Place> place, const Reception& reception)
      : place_(std::move(place)), reception_(reception), timer_(executor) {}

 protected:
  template <typename GiveUp>
  void AllowTime(GiveUp give_up) {
    timer_.expires_after(absl::ToChronoMilliseconds(reception_.limits.greeting));
    timer_.async_wait([give_up](const error_code& error) {
      if (!error) give_up();
    });
  }
  void ForgetTime() { timer_.cancel(); }

  void Pass(std::unique_ptr<Transport> transport, bool is_http2, std::string read) {
    const auto executor = transport->executor();
    const auto make = [&](std::function<void()> closed) {
      ConnectionParts parts{std::move(transport), reception_.router, reception_.limits,
                            std::move(closed)};
      return is_http2 ? MakeHttp2Connection(std::move(parts))
                      : MakeHttp1Connection(std::move(parts));
    };
    reception_.connections.Begin(std::move(place_), executor, make, std::move(read));
  }

 private:
  std::shared_ptr<ConnectionSet::Place> place_;
  const Reception reception_;
  boost::asio::steady_timer timer_;
};

class PlainNewcomer final : public Newcomer, public std::enable_shared_from_this<PlainNewcomer> {
 public:
  PlainNewcomer(TcpSocket socket, std::shared_ptr<ConnectionSet::Place> place,
                const Reception& reception)
      : Newcomer(socket.get_executor(), std::move(place), reception),
        may_be_http2_(IsOnLoopback(socket)),
        transport_(MakeTransport(std::move(socket))) {}

  void Begin() {
    AllowTime([self = shared_from_this()] {
      if (self->transport_ != nullptr) self->transport_->Close();
    });
    ReadOn();
  }

 private:
  void ReadOn() {
    transport_->Read([self = shared_from_this()](const error_code& error, absl::string_view bytes) {
      self->OnRead(error, bytes);
    });
  }

  void OnRead(const error_code& error, absl::string_view bytes) {
    if (error) return ForgetTime();
    read_.append(bytes.data(), bytes.size());
    const bool may_be_http2 =
        may_be_http2_ &&
        absl::StartsWith(kHttp2Begin, absl::string_view(read_).substr(0, kHttp2Begin.size()));
    if (may_be_http2 && read_.size() < kHttp2Begin.size()) return ReadOn();
    ForgetTime();
    Pass(std::move(transport_), may_be_http2, std::move(read_));
  }

  const bool may_be_http2_;
  std::unique_ptr<Transport> transport_;
  std::string read_;
};

class TlsNewcomer final : public Newcomer, public std::enable_shared_from_this<TlsNewcomer> {
 public:
  TlsNewcomer(TcpSocket socket, boost::asio::ssl::context& context,
              std::shared_ptr<ConnectionSet::Place> place, const Reception& reception)
      : Newcomer(socket.get_executor(), std::move(place), reception),
        transport_(std::make_unique<TlsTransport>(std::move(socket), context.native_handle())) {}

  void Begin() {
    AllowTime([self = shared_from_this()] {
      if (self->transport_ != nullptr) self->transport_->Close();
    });
    transport_->Shake([self = shared_from_this()](const error_code& error, size_t) {
      self->ForgetTime();
      if (!error) self->Enter();
    });
  }

 private:
  void Enter() {
    const bool is_http2 = transport_->protocol() == "h2";
    Pass(std::move(transport_), is_http2, "");
  }

  std::unique_ptr<TlsTransport> transport_;
};

}  // namespace

void WelcomePlain(TcpSocket socket, std::shared_ptr<ConnectionSet::Place> place,
                  const Reception& reception) {
  std::make_shared<PlainNewcomer>(std::move(socket), std::move(place), reception)->Begin();
}

void WelcomeTls(TcpSocket socket, boost::asio::ssl::context& context,
                std::shared_ptr<ConnectionSet::Place> place, const Reception& reception) {
  std::make_shared<TlsNewcomer>(std::move(socket), context, std::move(place), reception)->Begin();
}

}  // namespace usersync::gateway
