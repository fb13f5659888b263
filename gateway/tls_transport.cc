#include "gateway/tls_transport.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <climits>
#include <utility>

namespace usersync::gateway {
namespace {

using boost::system::error_code;

// OpenSSL's own writes to a socket would raise SIGPIPE.
int SendBytes(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const auto sent = send(static_cast<int>(BIO_get_fd(bio, nullptr)), bytes,
                         static_cast<size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && BIO_sock_should_retry(-1) != 0) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

BIO_METHOD* MakeSocketMethod() {
  const BIO_METHOD* const socket = BIO_s_socket();
  BIO_METHOD* const method = BIO_meth_new(BIO_TYPE_SOCKET, "socket");
  BIO_meth_set_write(method, SendBytes);
  BIO_meth_set_read(method, BIO_meth_get_read(socket));
  BIO_meth_set_ctrl(method, BIO_meth_get_ctrl(socket));
  BIO_meth_set_create(method, BIO_meth_get_create(socket));
  BIO_meth_set_destroy(method, BIO_meth_get_destroy(socket));
  return method;
}

BIO* BioOf(TcpSocket& socket) {
  static const BIO_METHOD* const method = MakeSocketMethod();
  BIO* const bio = BIO_new(method);
  BIO_set_fd(bio, socket.native_handle(), BIO_NOCLOSE);
  return bio;
}

}  // namespace

TlsTransport::TlsTransport(TcpSocket socket, SSL_CTX* context)
    : socket_(std::move(socket)), ssl_(SSL_new(context), SSL_free) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  BIO* const bio = BioOf(socket_);
  SSL_set_bio(ssl_.get(), bio, bio);
  // A record at a time, so that it is seen that a slow reader takes something.
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
}

void TlsTransport::Shake(Done done) {
  ERR_clear_error();
  const int result = SSL_accept(ssl_.get());
  if (result == 1) {
    boost::asio::post(executor(), [done = std::move(done)] { done({}, 0); });
    return;
  }
  Await(result, [this, done = std::move(done)](const error_code& error) {
    if (error) return done(error, 0);
    Shake(done);
  });
}

absl::string_view TlsTransport::protocol() const {
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
  return {reinterpret_cast<const char*>(protocol), size};
}

// Nothing waits inside OpenSSL meanwhile: it reads no further than a record, and that is taken
// whole.
void TlsTransport::Read(Received received) {
  socket_.async_wait(TcpSocket::wait_read,
                     [this, received = std::move(received)](const error_code& error) mutable {
                       if (error) return received(error, {});
                       TakeRecord(std::move(received));
                     });
}

void TlsTransport::TakeRecord(Received received) {
  char bytes[kMostReadBytes];
  ERR_clear_error();
  const int size = SSL_read(ssl_.get(), bytes, sizeof(bytes));
  if (size > 0) return received({}, {bytes, static_cast<size_t>(size)});
  Await(size, [this, received = std::move(received)](const error_code& error) {
    if (error) return received(error, {});
    TakeRecord(received);
  });
}

void TlsTransport::Write(boost::asio::const_buffer from, Done done) {
  ERR_clear_error();
  const int size =
      SSL_write(ssl_.get(), from.data(), static_cast<int>(std::min<size_t>(from.size(), INT_MAX)));
  if (size > 0) {
    boost::asio::post(executor(),
                      [size, done = std::move(done)] { done({}, static_cast<size_t>(size)); });
    return;
  }
  Await(size, [this, from, done = std::move(done)](const error_code& error) {
    if (error) return done(error, 0);
    Write(from, done);
  });
}

// The client must see that nothing was cut off.
void TlsTransport::ShutdownSend(Done done) {
  ERR_clear_error();
  const int result = SSL_shutdown(ssl_.get());
  if (result >= 0) return done({}, 0);
  Await(result, [this, done = std::move(done)](const error_code& error) {
    if (error) return done(error, 0);
    ShutdownSend(done);
  });
}

void TlsTransport::Close() {
  // What is still to be called may find that the number is another connection's by then.
  BIO_set_fd(SSL_get_wbio(ssl_.get()), -1, BIO_NOCLOSE);
  error_code ignored;
  socket_.close(ignored);
}

void TlsTransport::Await(int result, Turn turn) {
  const int what = SSL_get_error(ssl_.get(), result);
  if (what == SSL_ERROR_WANT_READ) return socket_.async_wait(TcpSocket::wait_read, std::move(turn));
  if (what == SSL_ERROR_WANT_WRITE) {
    return socket_.async_wait(TcpSocket::wait_write, std::move(turn));
  }
  const error_code why = what == SSL_ERROR_ZERO_RETURN
                             ? error_code(boost::asio::error::eof)
                             : error_code(boost::asio::error::connection_reset);
  boost::asio::post(executor(), [why, turn = std::move(turn)] { turn(why); });
}

}  // namespace usersync::gateway
