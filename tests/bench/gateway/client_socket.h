// A socket of a client, connected to a port of this machine.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace usersync::tests {

class ClientSocket {
 public:
  // Throws if nobody listens there.
  explicit ClientSocket(int port);
  ~ClientSocket();
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  // Waits until all is on its way: requests are small. Throws if the peer is gone.
  void Send(absl::string_view bytes);

  // What has come by now, valid until the next call; "" if nothing has. Throws if the peer is gone.
  absl::string_view Receive();

  int fd() const { return fd_; }

 private:
  const int fd_;
  std::string buffer_;
};

}  // namespace usersync::tests
