#include "gateway/entry_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(EntryRules, WantsWhatClientsSend) {
  const auto flaw = [](const std::vector<std::string>& hosts,
                       const std::vector<std::string>& origins) {
    return std::string(EntryRules::Make({.hosts = hosts, .origins = origins}).status().message());
  };
  EXPECT_EQ(flaw({"Users.Example", "10.0.0.1", "[fe80::1]"},
                 {"https://users.example", "http://10.0.0.1:8080", "http://[::1]:8080"}),
            "");
  for (const char* host : {"users.example:8080", "https://users.example", "*", "*.example",
                           " users.example", "fe80::1", "users.example/", "[]"}) {
    EXPECT_THAT(flaw({host}, {}), AllOf(HasSubstr("--allowed-hosts"), HasSubstr(host)));
  }
  for (const char* origin :
       {"*", "null", "users.example", "https://users.example/", "https://*.example",
        "ftp://users.example", "https://", "https://users.example:", "https://users.example:x"}) {
    EXPECT_THAT(flaw({}, {origin}), AllOf(HasSubstr("--allowed-origins"), HasSubstr(origin)));
  }
}

TEST(EntryRules, AllowListedPagesAndOurOwnUnderEveryNameOfOurs) {
  const auto rules = EntryRules::Make({.hosts = {"Users.Example"},
                                       .origins = {"http://Page.test:80", "https://page.test:8443"},
                                       .http_port = 8080,
                                       .https_port = 443});
  ASSERT_TRUE(rules.ok());
  for (const char* origin :
       {"http://page.test", "https://page.test:8443", "http://localhost:8080",
        "http://127.0.0.1:8080", "http://[::1]:8080", "http://users.example:8080",
        "https://users.example", "https://localhost"}) {
    EXPECT_TRUE(rules->pages.Allows(origin)) << origin;
  }
  for (const char* origin : {"http://users.example", "https://users.example:8080",
                             "https://page.test", "http://localhost", "http://10.0.0.1:8080"}) {
    EXPECT_FALSE(rules->pages.Allows(origin)) << origin;
  }
}

}  // namespace
}  // namespace usersync::gateway
