#include "gateway/transport.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

namespace usersync::gateway {
namespace {

using boost::system::error_code;

// A sleeping laptop is given up after half a minute of silence and three questions.
constexpr int kSecondsOfSilence = 30;
constexpr int kSecondsBetweenQuestions = 10;
constexpr int kQuestions = 3;
constexpr int kMostUnacknowledgedMs = 60000;

void SetInt(TcpSocket& socket, int level, int name, int value) {
  // A socket that is gone by now is noticed by the first read.
  (void)setsockopt(socket.native_handle(), level, name, &value, sizeof(value));
}

class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(TcpSocket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
  }

  void Read(Received received) override {
    socket_.async_wait(TcpSocket::wait_read,
                       [this, received = std::move(received)](error_code error) mutable {
                         if (error) return received(error, {});
                         char bytes[kMostReadBytes];
                         const size_t size = socket_.read_some(boost::asio::buffer(bytes), error);
                         if (error == boost::asio::error::would_block) {
                           return Read(std::move(received));
                         }
                         received(error, {bytes, size});
                       });
  }

  void Write(boost::asio::const_buffer from, Done done) override {
    socket_.async_write_some(from, std::move(done));
  }

  void ShutdownSend(Done done) override {
    error_code ignored;
    socket_.shutdown(TcpSocket::shutdown_send, ignored);
    done(ignored, 0);
  }

  void Close() override {
    error_code ignored;
    socket_.close(ignored);
  }

  boost::asio::any_io_executor executor() override { return socket_.get_executor(); }

 private:
  TcpSocket socket_;
};

}  // namespace

std::unique_ptr<Transport> MakeTransport(TcpSocket socket) {
  return std::make_unique<TcpTransport>(std::move(socket));
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
