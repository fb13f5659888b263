#include "gateway/transport.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/write.hpp>
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
    boost::asio::async_write(*stream_, from, std::move(done));
  }

  void ShutdownSend() override {
    boost::system::error_code ignored;
    stream_->lowest_layer().shutdown(TcpSocket::shutdown_send, ignored);
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
