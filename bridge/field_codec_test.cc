#include "bridge/field_codec.h"

#include <gmock/gmock.h>

#include "google/protobuf/wrappers.pb.h"
#include "users/v1/user_service.pb.h"

namespace usersync::bridge {
namespace {

using google::protobuf::Int64Value;
using google::protobuf::Message;
using users::v1::ListUsersRequest;
using users::v1::UpdateUserRequest;
using users::v1::User;
using Kind = JsonValue::Kind;

const char* Decode(const JsonValue& value, const char* field, Message& message) {
  return DecodeField(value, message.GetDescriptor()->FindFieldByName(field), message);
}

std::string Encode(const Message& message, const char* field) {
  std::string out;
  AppendField(message, message.GetDescriptor()->FindFieldByName(field), out);
  return out;
}

JsonValue Number(absl::string_view text) { return {.kind = Kind::kNumber, .text = text}; }
JsonValue Text(absl::string_view text) { return {.kind = Kind::kString, .text = text}; }

TEST(FieldCodec, KeepsStringsAsTheyAre) {
  User user;
  EXPECT_EQ(Decode(Text("é\"\n"), "email", user), nullptr);
  EXPECT_EQ(user.email(), "é\"\n");
  EXPECT_EQ(Encode(user, "email"), "\"é\\\"\\n\"");
}

TEST(FieldCodec, TakesNullForAnOptionalFieldOnly) {
  User user;
  EXPECT_EQ(Decode({}, "role", user), nullptr);
  EXPECT_FALSE(user.has_role());
  EXPECT_STREQ(Decode({}, "email", user), "must be a string");
  EXPECT_STREQ(Decode({}, "deleted", user), "must be true or false");
  UpdateUserRequest request;
  EXPECT_EQ(Decode({}, "expected_version", request), nullptr);
  EXPECT_FALSE(request.has_expected_version());
}

TEST(FieldCodec, TellsAnEmptyStringFromNone) {
  User user;
  EXPECT_EQ(Decode(Text(""), "role", user), nullptr);
  EXPECT_TRUE(user.has_role());
}

TEST(FieldCodec, ReadsAndWritesBooleans) {
  ListUsersRequest request;
  EXPECT_EQ(Decode({.kind = Kind::kBool, .flag = true}, "show_deleted", request), nullptr);
  EXPECT_EQ(Encode(request, "show_deleted"), "true");
  EXPECT_EQ(Decode({.kind = Kind::kBool, .flag = false}, "show_deleted", request), nullptr);
  EXPECT_EQ(Encode(request, "show_deleted"), "false");
}

TEST(FieldCodec, ReadsAndWritesWholeNumbersOfTheirRange) {
  UpdateUserRequest request;
  EXPECT_EQ(Decode(Number("-2147483648"), "expected_version", request), nullptr);
  EXPECT_EQ(Encode(request, "expected_version"), "-2147483648");
  Int64Value wide;
  EXPECT_EQ(Decode(Number("9223372036854775807"), "value", wide), nullptr);
  EXPECT_EQ(Encode(wide, "value"), "9223372036854775807");
  for (const char* text : {"2147483648", "1.5", "1e2", "1.0"}) {
    EXPECT_THAT(Decode(Number(text), "expected_version", request), ::testing::HasSubstr("32 bits"));
  }
  EXPECT_THAT(Decode(Number("9223372036854775808"), "value", wide),
              ::testing::HasSubstr("64 bits"));
}

TEST(FieldCodec, TakesNoTypeForAnother) {
  User user;
  ListUsersRequest request;
  const JsonValue values[] = {{.kind = Kind::kBool},
                              Number("1"),
                              Text("1"),
                              {.kind = Kind::kObject},
                              {.kind = Kind::kArray}};
  for (const JsonValue& value : values) {
    const Kind kind = value.kind;
    EXPECT_EQ(Decode(value, "status", user) == nullptr, kind == Kind::kString);
    EXPECT_EQ(Decode(value, "role", user) == nullptr, kind == Kind::kString);
    EXPECT_EQ(Decode(value, "deleted", user) == nullptr, kind == Kind::kBool);
    EXPECT_EQ(Decode(value, "page_size", request) == nullptr, kind == Kind::kNumber);
  }
}

TEST(FieldCodec, LeavesTheFieldAloneIfTheValueIsWrong) {
  User user;
  user.set_email("before");
  EXPECT_STREQ(Decode(Text("\xff"), "email", user), "must be valid UTF-8");
  EXPECT_STREQ(Decode(Number("1"), "email", user), "must be a string");
  EXPECT_EQ(user.email(), "before");
}

TEST(FieldCodec, KnowsNoOtherKindOfField) {
  User user;
  EXPECT_STREQ(Decode(Text("x"), "create_time", user), "is of a kind that documents do not have");
}

}  // namespace
}  // namespace usersync::bridge
