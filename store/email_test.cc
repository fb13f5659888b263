#include "store/email.h"

#include <gtest/gtest.h>

namespace usersync::store {
namespace {

TEST(Email, IsAnAddress) {
  for (const char* email : {"a@b.c", "ann+tag@example.co.uk", "o'neill@example.org", "ü@exämple.de",
                            "\"@example.org", "a@..b", "用户@例子.公司"}) {
    EXPECT_TRUE(IsEmail(email)) << email;
  }
}

TEST(Email, IsNothingElse) {
  for (const char* email : {"",
                            "@",
                            "a",
                            "a@",
                            "@b.c",
                            "a@b",
                            "a@.c",
                            "a@b.",
                            "a@b@c.d",
                            "a@@b.c",
                            "a b@c.d",
                            "a@b c.d",
                            "a@b.c ",
                            " a@b.c",
                            "a@b.c\n",
                            "a\x01@b.c",
                            "a\x7f@b.c",
                            "a\u00a0@b.c",
                            "a\u2003@b.c",
                            "a@b\u3000.c",
                            "a\ufeff@b.c",
                            "a\u2028@b.c"}) {
    EXPECT_FALSE(IsEmail(email)) << email;
  }
  EXPECT_FALSE(IsEmail(absl::string_view("a\0@b.c", 6)));
}

TEST(Email, HasAtMost320Bytes) {
  EXPECT_TRUE(IsEmail(std::string(316, 'a') + "@b.c"));
  EXPECT_FALSE(IsEmail(std::string(317, 'a') + "@b.c"));
  EXPECT_FALSE(IsEmail(std::string(315, 'a') + "ü@b.c"));
}

TEST(Email, IsFoldedInAsciiOnly) { EXPECT_EQ(FoldEmail("ANN.Ü@Example.COM"), "ann.Ü@example.com"); }

}  // namespace
}  // namespace usersync::store
