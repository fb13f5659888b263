#include "tests/bench/gateway/client_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace usersync::tests {
namespace {

constexpr size_t kReadBytes = 64 << 10;

[[noreturn]] void Throw(absl::string_view what) {
  throw std::runtime_error(absl::StrCat(what, ": ", std::strerror(errno)));
}

}  // namespace

ClientSocket::ClientSocket(int port, const std::string& tls_protocol)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), buffer_(kReadBytes, '\0') {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    const int error = errno;
    close(fd_);
    errno = error;
    Throw("cannot connect");
  }
  const int on = 1;
  (void)setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (!tls_protocol.empty()) StartTls(tls_protocol);
}

void ClientSocket::StartTls(const std::string& protocol) {
  static SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  tls_.reset(SSL_new(context));
  const std::string offer = static_cast<char>(protocol.size()) + protocol;
  SSL_set_alpn_protos(tls_.get(), reinterpret_cast<const unsigned char*>(offer.data()),
                      static_cast<unsigned>(offer.size()));
  SSL_set_fd(tls_.get(), fd_);
  if (SSL_connect(tls_.get()) != 1) throw std::runtime_error("the TLS handshake fails");
  // Reads must not wait any more.
  fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

ClientSocket::~ClientSocket() { close(fd_); }

void ClientSocket::Send(absl::string_view bytes) {
  if (tls_ != nullptr && !bytes.empty()) {
    if (SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0) return;
    throw std::runtime_error("cannot send over TLS");
  }
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) Throw("cannot send");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

ssize_t ClientSocket::ReadSome() {
  if (tls_ == nullptr) return recv(fd_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  const int read = SSL_read(tls_.get(), buffer_.data(), static_cast<int>(buffer_.size()));
  if (read > 0) return read;
  // What came may be no data yet: a session ticket.
  const bool may_come = SSL_get_error(tls_.get(), read) == SSL_ERROR_WANT_READ;
  errno = EAGAIN;
  return may_come ? -1 : 0;
}

absl::string_view ClientSocket::Receive() {
  const ssize_t read = ReadSome();
  if (read > 0) return absl::string_view(buffer_).substr(0, static_cast<size_t>(read));
  if (read < 0 && (errno == EAGAIN || errno == EINTR)) return "";
  if (read == 0) throw std::runtime_error("the server has hung up");
  Throw("cannot receive");
}

}  // namespace usersync::tests
