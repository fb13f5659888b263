#include "protos/json_text.h"

#include <gtest/gtest.h>

namespace usersync {
namespace {

std::string Quoted(absl::string_view text) {
  std::string out;
  AppendJsonString(text, out);
  return out;
}

// RFC 8785, section 3.2.2.2.
TEST(JsonText, EscapesAsFewCharactersAsItMust) {
  EXPECT_EQ(Quoted("\b\t\n\f\r\"\\"), "\"\\b\\t\\n\\f\\r\\\"\\\\\"");
  EXPECT_EQ(Quoted(absl::string_view("\0\x01\x0b\x1f", 4)), "\"\\u0000\\u0001\\u000b\\u001f\"");
  EXPECT_EQ(Quoted("/\x7fé€\u2028😀"), "\"/\x7fé€\u2028😀\"");
  EXPECT_EQ(Quoted(""), "\"\"");
}

}  // namespace
}  // namespace usersync
