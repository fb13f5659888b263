// A connection's bytes, plain or encrypted. Lives on the thread of its executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <memory>

namespace usersync::gateway {

class Transport {
 public:
  using Done = std::function<void(const boost::system::error_code& error, size_t bytes)>;

  virtual ~Transport() = default;

  // `done` hears how many bytes have come, or are on their way. Buffers, and this, must live until
  // then.
  virtual void Read(boost::asio::mutable_buffer into, Done done) = 0;
  virtual void Write(boost::asio::const_buffer from, Done done) = 0;

  // Nothing more will be written; what the peer still sends can be read.
  virtual void ShutdownSend(Done done) = 0;
  // Ends reads and writes with an error.
  virtual void Close() = 0;

  virtual boost::asio::any_io_executor executor() = 0;
};

using TcpSocket = boost::asio::ip::tcp::socket;
using TlsSocket = boost::asio::ssl::stream<TcpSocket>;

std::unique_ptr<Transport> MakeTransport(TcpSocket socket);
// After the handshake.
std::unique_ptr<Transport> MakeTransport(std::unique_ptr<TlsSocket> socket);

// Messages go out as they are written, and a peer that is gone without a word is noticed.
void SetOptions(TcpSocket& socket);

}  // namespace usersync::gateway
