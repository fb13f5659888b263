// Clients that send bytes as they are, and read what comes back.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <string>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

template <typename Stream>
class ByteClient {
 public:
  void Send(absl::string_view bytes) {
    boost::asio::write(stream_, boost::asio::buffer(bytes.data(), bytes.size()));
  }

  // The same, for a peer that may have hung up: whether it took them.
  bool TrySend(absl::string_view bytes) {
    boost::system::error_code error;
    boost::asio::write(stream_, boost::asio::buffer(bytes.data(), bytes.size()), error);
    return !error;
  }

  // Reads until `end` has come; everything up to it. Whatever there is, if the peer hangs up.
  std::string ReadUntil(const std::string& end) {
    boost::system::error_code error;
    const size_t size =
        boost::asio::read_until(stream_, boost::asio::dynamic_buffer(received_), end, error);
    return Take(error ? received_.size() : size);
  }

  // Reads so many bytes; fewer if the peer hangs up.
  std::string ReadBytes(size_t count) {
    boost::system::error_code end;
    while (received_.size() < count && !end) {
      boost::asio::read(stream_, boost::asio::dynamic_buffer(received_),
                        boost::asio::transfer_at_least(1), end);
    }
    return Take(std::min(count, received_.size()));
  }

  // Reads until the peer hangs up; `how` hears in which way.
  std::string ReadAll(boost::system::error_code* how = nullptr) {
    boost::system::error_code end;
    boost::asio::read(stream_, boost::asio::dynamic_buffer(received_), end);
    if (how != nullptr) *how = end;
    return Take(received_.size());
  }

  void Close() { stream_.lowest_layer().close(); }

 protected:
  template <typename... Arguments>
  explicit ByteClient(const boost::asio::ip::address& host, int port, Arguments&... arguments)
      : stream_(context_, arguments...) {
    stream_.lowest_layer().connect({host, static_cast<uint16_t>(port)});
  }

  Stream& stream() { return stream_; }

 private:
  std::string Take(size_t size) {
    std::string taken = received_.substr(0, size);
    received_.erase(0, size);
    return taken;
  }

  boost::asio::io_context context_;
  Stream stream_;
  std::string received_;
};

class RawClient final : public ByteClient<boost::asio::ip::tcp::socket> {
 public:
  explicit RawClient(int port,
                     const boost::asio::ip::address& host = boost::asio::ip::address_v4::loopback())
      : ByteClient(host, port) {}
};

}  // namespace usersync::gateway
