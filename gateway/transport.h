// A connection's bytes, plain or encrypted. Lives on the thread of its executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

class Transport {
 public:
  using Received =
      std::function<void(const boost::system::error_code& error, absl::string_view bytes)>;
  using Done = std::function<void(const boost::system::error_code& error, size_t bytes)>;

  virtual ~Transport() = default;

  // `received` hears what has come, up to kMostReadBytes; they are gone when it returns. Nothing
  // is held for them while none have come. This must live until then.
  virtual void Read(Received received) = 0;
  // `done` hears how many bytes are on their way. They, and this, must live until then.
  virtual void Write(boost::asio::const_buffer from, Done done) = 0;

  // Nothing more will be written; what the peer still sends can be read.
  virtual void ShutdownSend(Done done) = 0;
  // Ends reads and writes with an error.
  virtual void Close() = 0;

  virtual boost::asio::any_io_executor executor() = 0;
};

using TcpSocket = boost::asio::ip::tcp::socket;

// The most that is read at once: also what a TLS record holds at most.
constexpr size_t kMostReadBytes = 16 << 10;

std::unique_ptr<Transport> MakeTransport(TcpSocket socket);

// Messages go out as they are written, and a peer that is gone without a word is noticed.
void SetOptions(TcpSocket& socket);

}  // namespace usersync::gateway
