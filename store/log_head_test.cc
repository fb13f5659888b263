#include "store/log_head.h"

#include <gtest/gtest.h>

namespace usersync::store {
namespace {

TEST(LogHead, IsThreeLines) {
  const LogHead head{OriginOf("example.com", "e"), 7, std::string(32, '\0')};
  EXPECT_EQ(TextOf(head),
            "example.com/usersync/e\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
  EXPECT_EQ(ParseLogHead(TextOf(head)).value(), head);
  EXPECT_EQ(ParseLogHead(TextOf(head) + "\n\xe2\x80\x94 name c2ln\n").value(), head);
}

TEST(LogHead, RefusesWhatIsNone) {
  const std::string root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  EXPECT_FALSE(ParseLogHead("").ok());
  EXPECT_FALSE(ParseLogHead("\n7\n" + root + "\n").ok());
  EXPECT_FALSE(ParseLogHead("o\n-7\n" + root + "\n").ok());
  EXPECT_FALSE(ParseLogHead("o\nseven\n" + root + "\n").ok());
  EXPECT_FALSE(ParseLogHead("o\n7\nAAAA\n").ok());
  EXPECT_FALSE(ParseLogHead("o\n7\n" + root).ok());
}

TEST(LogHead, HasAHostThatCanStandInAName) {
  EXPECT_TRUE(IsLogHost("localhost"));
  EXPECT_TRUE(IsLogHost("users.example.com:8443"));
  EXPECT_FALSE(IsLogHost(""));
  EXPECT_FALSE(IsLogHost("a b"));
  EXPECT_FALSE(IsLogHost("a+b"));
  EXPECT_FALSE(IsLogHost("a/b"));
  EXPECT_FALSE(IsLogHost(std::string(201, 'a')));
}

}  // namespace
}  // namespace usersync::store
