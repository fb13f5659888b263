#include "gateway/base64_reader.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace usersync::gateway {
namespace {

TEST(Base64Reader, ReadsTextHoweverItIsCutWithPaddingInside) {
  const std::string text =
      absl::Base64Escape("a") + absl::Base64Escape("bc") + absl::Base64Escape("def\xff");
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    Base64Reader reader;
    std::string out;
    for (size_t i = 0; i < text.size(); i += piece) {
      ASSERT_TRUE(reader.Read(absl::string_view(text).substr(i, piece), &out));
    }
    EXPECT_EQ(out, "abcdef\xff");
    EXPECT_FALSE(reader.is_inside());
  }
}

TEST(Base64Reader, RefusesWhatIsNoBase64) {
  for (const char* text : {"a===", "====", "=abc", "ab=c", "ab c", "ab\nc", "a-_b", "a\x80zz"}) {
    Base64Reader reader;
    std::string out;
    EXPECT_FALSE(reader.Read(text, &out)) << text;
    EXPECT_FALSE(reader.Read("QUJD", &out)) << "after " << text;
  }
}

TEST(Base64Reader, KnowsThatAGroupIsCutShort) {
  Base64Reader reader;
  std::string out;
  EXPECT_TRUE(reader.Read("QUJDR", &out));
  EXPECT_EQ(out, "ABC");
  EXPECT_TRUE(reader.is_inside());
}

}  // namespace
}  // namespace usersync::gateway
