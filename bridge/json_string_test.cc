#include "bridge/json_string.h"

#include <gtest/gtest.h>

namespace usersync::bridge {
namespace {

TEST(JsonString, MayHoldEveryCharacterButNul) {
  for (absl::string_view text : {"", "plain", "\x01\x1f\x7f", "é€😀", "\xed\x9f\xbf\xee\x80\x80"}) {
    EXPECT_EQ(FlawOf(text), nullptr) << text;
  }
}

TEST(JsonString, SaysWhatIsWrongWithAText) {
  EXPECT_STREQ(FlawOf(absl::string_view("a\0b", 3)), "must not hold U+0000");
  for (const char* text :
       {"\xff", "\x80", "a\xc3", "\xc0\x80", "\xe0\x80\xaf", "\xf4\x90\x80\x80"}) {
    EXPECT_STREQ(FlawOf(text), "must be valid UTF-8") << text;
  }
  for (const char* text : {"\xed\xa0\x80", "a\xed\xb0\x80z", "\xed\xa0\xbd\xed\xb8\x80"}) {
    EXPECT_STREQ(FlawOf(text), "must not hold a lone surrogate") << text;
  }
}

TEST(JsonString, LowersHighSurrogatesThatStandAlone) {
  EXPECT_EQ(LowerLoneSurrogates(R"("\ud800")"), R"("\udc00")");
  EXPECT_EQ(LowerLoneSurrogates(R"("\uDBFFa")"), R"("\udc00a")");
  EXPECT_EQ(LowerLoneSurrogates(R"("\ud800\u0041")"), R"("\udc00\u0041")");
  EXPECT_EQ(LowerLoneSurrogates(R"("\ud800\ud83d\ude00")"), R"("\udc00\ud83d\ude00")");
  EXPECT_EQ(LowerLoneSurrogates(R"("\ud800\n\\ud800")"), R"("\udc00\n\\ud800")");
}

TEST(JsonString, LeavesEverythingElseAsItIs) {
  for (const char* json :
       {"", "\\", R"("\ud83d\ude00")", R"("\\ud800")", R"("\udc00")", R"("\ud7ff\ue000")",
        R"("\ud8)", R"("\ud80g")", R"("\u 800")", R"("\u+d80")", R"("é\"\\")"}) {
    EXPECT_EQ(LowerLoneSurrogates(json), json);
  }
}

}  // namespace
}  // namespace usersync::bridge
