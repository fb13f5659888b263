#include "tests/bench/gateway/client_socket.h"

#include <arpa/inet.h>
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

ClientSocket::ClientSocket(int port)
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
}

ClientSocket::~ClientSocket() { close(fd_); }

void ClientSocket::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) Throw("cannot send");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

absl::string_view ClientSocket::Receive() {
  const ssize_t read = recv(fd_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (read > 0) return absl::string_view(buffer_).substr(0, static_cast<size_t>(read));
  if (read < 0 && (errno == EAGAIN || errno == EINTR)) return "";
  if (read == 0) throw std::runtime_error("the server has hung up");
  Throw("cannot receive");
}

}  // namespace usersync::tests
