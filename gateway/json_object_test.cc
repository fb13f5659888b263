#include "gateway/json_object.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace usersync::gateway {
namespace {

TEST(JsonObject, HasOneMeaning) {
  EXPECT_TRUE(ParseJsonObject(R"({"a":{"b":[1,{"b":2}]},"b":null})"));
  for (const char* text : {"", "[]", "7", "{", R"({"a":1,"a":2})", R"({"a":{"b":1,"b":2}})",
                           R"({"a":[{"b":1,"b":2}]})", R"({"a":1,"\u0061":2})", "{} {}",
                           "{\"a\":\"\xff\"}", R"({"a":"\ud800"})", R"({"a":NaN})", "{}\x01"}) {
    EXPECT_FALSE(ParseJsonObject(text)) << text;
  }
}

TEST(JsonObject, IsNotDeep) {
  const auto nested = [](int depth) {
    return absl::StrCat(R"({"a":)", std::string(depth, '['), std::string(depth, ']'), "}");
  };
  EXPECT_TRUE(ParseJsonObject(nested(15)));
  EXPECT_FALSE(ParseJsonObject(nested(16)));
  EXPECT_FALSE(ParseJsonObject(nested(1000000)));
}

}  // namespace
}  // namespace usersync::gateway
