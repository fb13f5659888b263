// TLS over a socket. OpenSSL reads and writes it itself, whenever that is ready: Asio's stream puts
// 68 kB of buffers between the two, for as long as a connection lives.
#pragma once

#include <openssl/ssl.h>

#include "gateway/transport.h"

namespace usersync::gateway {

class TlsTransport final : public Transport {
 public:
  // The server's side of a connection. Keeps what it needs of `context`.
  TlsTransport(TcpSocket socket, SSL_CTX* context);

  // Before all else. `done` hears whether the peer may come in.
  void Shake(Done done);
  // What was agreed then, by ALPN; "" if nothing was.
  absl::string_view protocol() const;

  void Read(Received received) override;
  void Write(boost::asio::const_buffer from, Done done) override;
  void ShutdownSend(Done done) override;
  void Close() override;
  boost::asio::any_io_executor executor() override { return socket_.get_executor(); }

 private:
  using Turn = std::function<void(const boost::system::error_code& error)>;

  // OpenSSL could not go on, and returned `result`: `turn` hears when it can, or why it cannot.
  void Await(int result, Turn turn);
  void TakeRecord(Received received);

  TcpSocket socket_;
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace usersync::gateway
