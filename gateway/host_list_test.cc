#include "gateway/host_list.h"

#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

TEST(HostList, AllowsLoopbackNamesAndThoseThatWereGiven) {
  const HostList hosts({"Users.Example"});
  for (const char* host : {"localhost", "LOCALHOST:8080", "127.0.0.1:8443", "[::1]", "[::1]:8080",
                           "users.example", "users.example:443"}) {
    EXPECT_TRUE(hosts.Allows(host)) << host;
  }
}

TEST(HostList, AllowsNoOtherName) {
  const HostList hosts({});
  for (const char* host :
       {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
        "localhost:", "localhost:80:80", "localhost:x", "evil@localhost", "127.0.0.2", "::1"}) {
    EXPECT_FALSE(hosts.Allows(host)) << host;
  }
}

}  // namespace
}  // namespace usersync::gateway
