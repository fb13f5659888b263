#include "bridge/delivery.h"

#include <gtest/gtest.h>

namespace usersync::bridge {
namespace {

TEST(Delivery, IsReadFromTheReplyOfOldAndNewServers) {
  for (const char* reply :
       {"$JS.ACK.USERS_UPDATE.c1.1.4711.12.1700000000123456789.3",
        "$JS.ACK.hub.ACCOUNT.USERS_UPDATE.c1.1.4711.12.1700000000123456789.3",
        "$JS.ACK._.ACCOUNT.USERS_UPDATE.c1.1.4711.12.1700000000123456789.3.random"}) {
    const auto delivery = ParseDelivery(reply);
    ASSERT_TRUE(delivery) << reply;
    EXPECT_EQ(delivery->stream_sequence, 4711u);
    EXPECT_EQ(delivery->consumer_sequence, 12u);
    EXPECT_EQ(delivery->time_ns, 1700000000123456789);
  }
}

TEST(Delivery, IsNothingElse) {
  for (const char* reply :
       {"", "$JS.ACK.", "$JS.FC.USERS_UPDATE.c1.x", "_INBOX.a.b", "$JS.ACK.a.b.1.2.3.4",
        "$JS.ACK.a.b.1.2.3.4.5.6", "$JS.ACK.s.c.1.x.12.17.3", "$JS.ACK.s.c.1.-1.12.17.3",
        "$JS.ACK.1.2.3.4.5.6.7.8.9.10.11.12.13.14.15"}) {
    EXPECT_FALSE(ParseDelivery(reply)) << reply;
  }
}

}  // namespace
}  // namespace usersync::bridge
