// A socket of a client, connected to a port of this machine.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace usersync::tests {

class ClientSocket {
 public:
  // Throws if nobody listens there. With a protocol, such as h2, it is agreed over TLS, with
  // whomever.
  explicit ClientSocket(int port, const std::string& tls_protocol = "");
  ~ClientSocket();
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  // Waits until all is on its way: requests are small. Throws if the peer is gone.
  void Send(absl::string_view bytes);

  // What has come by now, valid until the next call; "" if nothing has. Throws if the peer is gone.
  absl::string_view Receive();

  int fd() const { return fd_; }

 private:
  void StartTls(const std::string& protocol);
  // How many bytes came, as recv says it.
  ssize_t ReadSome();

  const int fd_;
  std::string buffer_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, SSL_free};
};

}  // namespace usersync::tests
