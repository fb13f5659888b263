// A client that sends bytes as they are, and reads what comes back.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <string>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

class RawClient {
 public:
  explicit RawClient(int port) : socket_(context_) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), static_cast<uint16_t>(port)});
  }

  void Send(absl::string_view bytes) {
    boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()));
  }

  // Reads until `end` has come; everything up to it. Whatever there is, if the peer hangs up.
  std::string ReadUntil(const std::string& end) {
    boost::system::error_code error;
    const size_t size =
        boost::asio::read_until(socket_, boost::asio::dynamic_buffer(received_), end, error);
    return Take(error ? received_.size() : size);
  }

  // Reads until the peer hangs up.
  std::string ReadAll() {
    boost::system::error_code end;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(received_), end);
    return Take(received_.size());
  }

  void Close() { socket_.close(); }
  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  std::string Take(size_t size) {
    std::string taken = received_.substr(0, size);
    received_.erase(0, size);
    return taken;
  }

  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
};

}  // namespace usersync::gateway
