#include "protos/utf8.h"

#include <gtest/gtest.h>

namespace usersync {
namespace {

TEST(Utf8, TakesEveryKindOfCharacter) {
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_TRUE(IsValidUtf8("aé€😀\x7f"));
  EXPECT_TRUE(IsValidUtf8(absl::string_view("\0", 1)));
  EXPECT_TRUE(IsValidUtf8("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"));
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  const char* const texts[] = {
      "\x80",              // a continuation alone
      "\xc3",              // cut
      "\xe2\x82",          // cut
      "\xf0\x9f\x98",      // cut
      "\xc0\xaf",          // overlong
      "\xe0\x80\xaf",      // overlong
      "\xf0\x80\x80\xaf",  // overlong
      "\xed\xa0\x80",      // a surrogate
      "\xf4\x90\x80\x80",  // past U+10FFFF
      "\xf8\x88\x80\x80",  // no lead
      "\xc3\x28",          // no continuation
      "\xe2\x82\x28",      // no continuation
  };
  for (const char* text : texts) EXPECT_FALSE(IsValidUtf8(text)) << text;
}

TEST(Utf8, ShowsAnyBytes) {
  EXPECT_EQ(ShowText("aé", 2), "aé");
  EXPECT_EQ(ShowText("aé€", 2), "aé…");
  EXPECT_EQ(ShowText("\xff\n\x7f"
                     "b",
                     4),
            "???b");
}

}  // namespace
}  // namespace usersync
