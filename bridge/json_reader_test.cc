#include "bridge/json_reader.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace usersync::bridge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = JsonResult::Kind;

// Writes down what it is given; takes the members of objects named "in".
class Recorder final : public JsonMembers {
 public:
  JsonMembers* Take(absl::string_view name, const JsonValue& value) override {
    static constexpr const char* kKinds[] = {"null", "bool", "number", "string", "object", "array"};
    lines_.push_back(absl::StrCat(name, " ", kKinds[static_cast<int>(value.kind)],
                                  value.text.empty() ? "" : " ", value.text,
                                  value.flag ? " true" : ""));
    return name == "in" ? this : nullptr;
  }
  void End(size_t bytes) override { lines_.push_back(absl::StrCat("end ", bytes)); }

  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

Kind KindOf(absl::string_view json) {
  Recorder ignored;
  return ReadJsonObject(json, ignored).kind;
}

TEST(JsonReader, GivesMembersInOrderRepeatedOnesToo) {
  Recorder recorder;
  const auto result = ReadJsonObject(
      " {\"a\":null,\"b\":true,\"b\":false,\"c\":-1.50e+3, \"\\u0064\\n\":\"\\u00e9\\/\"} ",
      recorder);
  EXPECT_EQ(result.kind, Kind::kObject);
  EXPECT_THAT(recorder.lines(), ElementsAre("a null", "b bool true", "b bool", "c number -1.50e+3",
                                            "d\n string é/", "end 65"));
}

TEST(JsonReader, GivesTheMembersOfInnerObjectsOnlyToWhoTakesThem) {
  Recorder recorder;
  const auto result = ReadJsonObject(
      R"({"in":{"x":1,"y":{"no":{}}},"out":{"in":{"z":2}},"list":[{"in":{"z":3}},[]],"last":0})",
      recorder);
  EXPECT_EQ(result.kind, Kind::kObject);
  EXPECT_THAT(recorder.lines(), ElementsAre("in object", "x number 1", "y object", "end 21",
                                            "out object", "list array", "last number 0", "end 85"));
}

TEST(JsonReader, TakesNothingButOneObject) {
  for (const char* json :
       {"null", "true", "5", "\"{}\"", "[]", "[{\"a\":1}]", "[1e999]", " 1e999"}) {
    Recorder recorder;
    EXPECT_EQ(ReadJsonObject(json, recorder).kind, Kind::kNoObject) << json;
    EXPECT_THAT(recorder.lines(), IsEmpty()) << json;
  }
}

TEST(JsonReader, RefusesWhatIsNoJson) {
  const absl::string_view texts[] = {
      "",
      "  \n",
      "{",
      "}",
      "{}{}",
      "{} x",
      "{\"a\":1,}",
      "{,}",
      "{\"a\" 1}",
      "{a:1}",
      "{'a':1}",
      "{\"a\":[1,]}",
      "{\"a\":[1}",
      "// c\n{}",
      "{/* c */}",
      "{\"a\":NaN}",
      "{\"a\":Infinity}",
      "{\"a\":-}",
      "{\"a\":01}",
      "{\"a\":+1}",
      "{\"a\":1.}",
      "{\"a\":.5}",
      "{\"a\":1e}",
      "{\"a\":0x1}",
      "{\"a\":tru}",
      "{\"a\":True}",
      "{\"a\":undefined}",
      "{\"a\":\"\\x\"}",
      "{\"a\":\"\\u12g4\"}",
      "{\"a\":\"\\u123\"}",
      "{\"a\":\"tab\there\"}",
      "{\"a\":\"line\nhere\"}",
      "{\"a\":\"open}",
      "{\"a\":\"b\"\"c\"}",
      "\xef\xbb\xbf{}",
      "\xff{}",
      "{}\xff",
      "\xa0{}",
      {"{}\0", 3},
      {"{\"a\":\"\0\"}", 9},
      {"\0", 1},
  };
  for (absl::string_view json : texts) EXPECT_EQ(KindOf(json), Kind::kNotJson) << json;
}

TEST(JsonReader, SaysWhereItStopped) {
  Recorder recorder;
  EXPECT_EQ(ReadJsonObject("{\"a\":1,}", recorder).offset, 7u);
  EXPECT_EQ(ReadJsonObject("{} x", recorder).offset, 3u);
}

TEST(JsonReader, HandsOnStringsThatAreNoUnicode) {
  Recorder recorder;
  const auto result = ReadJsonObject(
      "{\"a\":\"\xff\",\"b\xc0\":\"\\ud800\",\"c\":\"\\udfff\",\"d\":\"\\ud83d\\ude00\"}",
      recorder);
  EXPECT_EQ(result.kind, Kind::kObject);
  EXPECT_THAT(recorder.lines(), ElementsAre("a string \xff", "b\xc0 string \xed\xb0\x80",
                                            "c string \xed\xbf\xbf", "d string 😀", "end 55"));
}

TEST(JsonReader, StopsBehindANumberThatIsLargerThanAnyDouble) {
  Recorder recorder;
  EXPECT_EQ(ReadJsonObject("{\"a\":1,\"b\":-1e999,\"c\":2}", recorder).kind, Kind::kCutShort);
  EXPECT_THAT(recorder.lines(), ElementsAre("a number 1", "b number -1e999"));
  EXPECT_EQ(KindOf(absl::StrCat("{\"a\":", std::string(400, '9'))), Kind::kCutShort);
  EXPECT_EQ(KindOf("{\"a\":1e-999}"), Kind::kObject);
}

TEST(JsonReader, FollowsBombsToTheirEndWithoutRecursion) {
  const std::string open(200000, '[');
  const std::string close(200000, ']');
  EXPECT_EQ(KindOf(absl::StrCat("{\"a\":", open, close, "}")), Kind::kObject);
  EXPECT_EQ(KindOf(absl::StrCat(open, close)), Kind::kNoObject);
  EXPECT_EQ(KindOf(absl::StrCat("{\"a\":", open)), Kind::kNotJson);
  std::string objects;
  for (int i = 0; i < 50000; ++i) objects += "{\"in\":";
  EXPECT_EQ(KindOf(absl::StrCat("{\"a\":", objects)), Kind::kNotJson);
}

}  // namespace
}  // namespace usersync::bridge
