#include "gateway/transport.h"

#include <gtest/gtest.h>
#include <netinet/tcp.h>

#include <boost/asio/io_context.hpp>

namespace usersync::gateway {
namespace {

int OptionOf(TcpSocket& socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof(value);
  getsockopt(socket.native_handle(), level, name, &value, &size);
  return value;
}

TEST(Transport, SendsAtOnceAndNoticesAPeerThatIsGoneWithoutAWord) {
  boost::asio::io_context context;
  TcpSocket socket(context, boost::asio::ip::tcp::v4());
  SetOptions(socket);
  EXPECT_EQ(OptionOf(socket, IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(OptionOf(socket, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(OptionOf(socket, IPPROTO_TCP, TCP_KEEPIDLE), 30);
  EXPECT_EQ(OptionOf(socket, IPPROTO_TCP, TCP_USER_TIMEOUT), 60000);
}

}  // namespace
}  // namespace usersync::gateway
