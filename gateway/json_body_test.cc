#include "gateway/json_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "users/v1/user.pb.h"
#include "users/v1/user_service.pb.h"

namespace usersync::gateway {
namespace {

using testing::HasSubstr;

// The field that an error blames.
std::string BlamedBy(const absl::Status& status) {
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  google::rpc::BadRequest request;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  if (!payload || !request.ParseFromString(std::string(*payload))) return "";
  EXPECT_THAT(std::string(status.message()), HasSubstr(request.field_violations(0).field()));
  return request.field_violations(0).field();
}

std::string BlamedIn(absl::string_view json) {
  users::v1::User user;
  return BlamedBy(ReadJson(json, &user));
}

TEST(JsonBody, ReadsNamesOfBothKindsAndNumbersAsText) {
  users::v1::User user;
  ASSERT_TRUE(ReadJson(R"( {"id":"a","createdAt":"x","updated_at":"y","role":"","sequence":"12",
                            "version":3,"status":null} )",
                       &user)
                  .ok());
  EXPECT_EQ(user.created_at(), "x");
  EXPECT_EQ(user.updated_at(), "y");
  EXPECT_TRUE(user.has_role());
  EXPECT_EQ(user.sequence(), 12);
  EXPECT_EQ(user.version(), 3);
}

TEST(JsonBody, NamesAFieldThatIsUnknown) {
  EXPECT_EQ(BlamedIn(R"({"id":"a","colour":1})"), "colour");
  EXPECT_EQ(BlamedIn(R"({"_deleted":false})"), "_deleted");
  users::v1::CreateUserRequest request;
  EXPECT_EQ(BlamedBy(ReadJson(R"({"user":{"colour":{"a":[]}}})", &request)), "user.colour");
}

TEST(JsonBody, NamesAFieldOfAnotherType) {
  EXPECT_EQ(BlamedIn(R"({"email":1})"), "email");
  EXPECT_EQ(BlamedIn(R"({"version":"x"})"), "version");
  EXPECT_EQ(BlamedIn(R"({"email":[]})"), "email");
  EXPECT_EQ(BlamedIn(R"({"createTime":"yesterday"})"), "create_time");
}

TEST(JsonBody, IsTakenAsItIsWrittenOrNotAtAll) {
  EXPECT_EQ(BlamedIn(R"({"email":"a","email":"b"})"), "email");
  EXPECT_EQ(BlamedIn(R"({"email":"\u0000"})"), "email");
  for (const char* json : {"", " ", "[]", "null", "1", "\"x\"", "{} {}", "{'id':'a'}", "{id:\"a\"}",
                           R"({"id":"a",})", R"({"id":"a"}//x)", R"({"id":"\ud800"})",
                           "{\"id\":\"\xff\"}", R"({"id":"a)", "\xef\xbb\xbf{}"}) {
    EXPECT_EQ(BlamedIn(json), "body") << json;
  }
}

TEST(JsonBody, IsNotNestedWithoutEnd) {
  const std::string bomb(1000000, '[');
  EXPECT_EQ(BlamedIn(bomb), "body");
  EXPECT_EQ(BlamedIn(absl::StrCat(R"({"x":)", bomb)), "body");
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += R"({"a":)";
  EXPECT_EQ(BlamedIn(objects), "body");
}

}  // namespace
}  // namespace usersync::gateway
