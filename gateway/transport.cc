#include "gateway/transport.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <type_traits>
#include <utility>

namespace usersync::gateway {
namespace {

// A sleeping laptop is given up after half a minute of silence and three questions.
constexpr int kSecondsOfSilence = 30;
constexpr int kSecondsBetweenQuestions = 10;
constexpr int kQuestions = 3;
constexpr int kMostUnacknowledgedMs = 60000;

void SetInt(TcpSocket& socket, int level, int name, int value) {
  // A socket that is gone by now is noticed by the first read.
  (void)setsockopt(socket.native_handle(), level, name, &value, sizeof(value));
}

// `Stream` is a TcpSocket or a TlsSocket.
template <typename Stream>
class TransportOver final : public Transport {
 public:
  explicit TransportOver(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  void Read(boost::asio::mutable_buffer into, Done done) override {
    stream_->async_read_some(into, std::move(done));
  }

  void Write(boost::asio::const_buffer from, Done done) override {
    stream_->async_write_some(from, std::move(done));
  }

  void ShutdownSend(Done done) override {
    if constexpr (std::is_same_v<Stream, TlsSocket>) {
      // The client must see that nothing was cut off. Left to itself, OpenSSL would wait for the
      // client's last word, too, and end the connection over whatever else comes before it: so for
      // this moment it believes to have had it.
      SSL* const tls = stream_->native_handle();
      SSL_set_shutdown(tls, SSL_RECEIVED_SHUTDOWN);
      stream_->async_shutdown([done = std::move(done)](const auto& error) { done(error, 0); });
      SSL_set_shutdown(tls, SSL_SENT_SHUTDOWN);
    } else {
      boost::system::error_code ignored;
      stream_->shutdown(TcpSocket::shutdown_send, ignored);
      done(ignored, 0);
    }
  }

  void Close() override {
    boost::system::error_code ignored;
    stream_->lowest_layer().close(ignored);
  }

  boost::asio::any_io_executor executor() override { return stream_->get_executor(); }

 private:
  const std::unique_ptr<Stream> stream_;
};

}  // namespace

std::unique_ptr<Transport> MakeTransport(TcpSocket socket) {
  return std::make_unique<TransportOver<TcpSocket>>(std::make_unique<TcpSocket>(std::move(socket)));
}

std::unique_ptr<Transport> MakeTransport(std::unique_ptr<TlsSocket> socket) {
  return std::make_unique<TransportOver<TlsSocket>>(std::move(socket));
}

void SetOptions(TcpSocket& socket) {
  SetInt(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  SetInt(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetInt(socket, IPPROTO_TCP, TCP_KEEPIDLE, kSecondsOfSilence);
  SetInt(socket, IPPROTO_TCP, TCP_KEEPINTVL, kSecondsBetweenQuestions);
  SetInt(socket, IPPROTO_TCP, TCP_KEEPCNT, kQuestions);
  SetInt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, kMostUnacknowledgedMs);
}

}  // namespace usersync::gateway
