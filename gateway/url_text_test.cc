#include "gateway/url_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(DecodePercent, ReadsWhatIsUtf8) {
  EXPECT_EQ(DecodePercent("a%20b%c3%A9+"), "a b\xc3\xa9+");
  EXPECT_EQ(DecodePercent(""), "");
  for (const char* text : {"%", "%4", "%g0", "%ff", "a%c3"}) {
    EXPECT_FALSE(DecodePercent(text)) << text;
  }
}

TEST(HidesSeparator, SeesSlashesAndZerosBehindPercentSigns) {
  for (const char* path : {"/a%2Fb", "/a%2fb", "/a%5Cb", "/a%5cb", "/a%00"}) {
    EXPECT_TRUE(HidesSeparator(path)) << path;
  }
  for (const char* path : {"/a/b", "/a%20b", "/%252F", "/2F", ""}) {
    EXPECT_FALSE(HidesSeparator(path)) << path;
  }
}

TEST(ParseQuery, KeepsOrderAndRepetition) {
  EXPECT_THAT(*ParseQuery("a=1&b=x%26y&a=2"),
              ElementsAre(Pair("a", "1"), Pair("b", "x&y"), Pair("a", "2")));
  EXPECT_THAT(*ParseQuery("a&b=&c=x=y&&d=%2B+"),
              ElementsAre(Pair("a", ""), Pair("b", ""), Pair("c", "x=y"), Pair("d", "+ ")));
  EXPECT_THAT(*ParseQuery(""), IsEmpty());
  EXPECT_FALSE(ParseQuery("a=%"));
  EXPECT_FALSE(ParseQuery("%ff=a"));
}

}  // namespace
}  // namespace usersync::gateway
