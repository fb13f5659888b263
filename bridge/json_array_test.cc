#include "bridge/json_array.h"

#include <gmock/gmock.h>

#include <string>

namespace usersync::bridge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(JsonArray, IsKnownByItsFirstCharacter) {
  EXPECT_TRUE(IsArray("[]"));
  EXPECT_TRUE(IsArray(" \t\r\n["));
  for (const char* json : {"", " ", "{}", "\"[\"", "\xef\xbb\xbf[]", "\xa0[]", "1"}) {
    EXPECT_FALSE(IsArray(json)) << json;
  }
}

TEST(JsonArray, IsCutAtItsOwnCommasOnly) {
  EXPECT_THAT(*SplitArray(R"( [ {"a":[1,2],"b":"],\"{"} , [3,[4]] ,"x,\\",5 ] )", 10),
              ElementsAre(R"({"a":[1,2],"b":"],\"{"})", "[3,[4]]", R"("x,\\")", "5"));
  EXPECT_THAT(*SplitArray("[{}]", 10), ElementsAre("{}"));
}

TEST(JsonArray, MayBeEmpty) {
  EXPECT_THAT(*SplitArray("[]", 10), IsEmpty());
  EXPECT_THAT(*SplitArray("[ \n ]", 10), IsEmpty());
}

TEST(JsonArray, HandsOnEmptyElementsForTheirDecoderToRefuse) {
  EXPECT_THAT(*SplitArray("[,]", 10), ElementsAre("", ""));
  EXPECT_THAT(*SplitArray("[1,]", 10), ElementsAre("1", ""));
  EXPECT_THAT(*SplitArray("[1,,2]", 10), ElementsAre("1", "", "2"));
}

TEST(JsonArray, IsNoneIfBracketsOrStringsDoNotAddUp) {
  for (const char* json : {"[", "[1", "[1]]", "[]]", "[[]", "[}", "[{]", "[}{]", "[1],[2]", "[\"a]",
                           "[\"a\\\"]", "[1] 2", "[]x", "[{\"a\":\"b}]"}) {
    EXPECT_FALSE(SplitArray(json, 10)) << json;
  }
}

TEST(JsonArray, IsCutIntoNoMoreThanIsAskedForAndOne) {
  EXPECT_THAT(*SplitArray("[1,2,3]", 3), SizeIs(3));
  EXPECT_THAT(*SplitArray("[1,2,3,4]", 3), SizeIs(4));
  EXPECT_THAT(*SplitArray("[1,2,3,4,5,6]", 3), SizeIs(4));
}

}  // namespace
}  // namespace usersync::bridge
