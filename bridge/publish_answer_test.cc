#include "bridge/publish_answer.h"

#include <gtest/gtest.h>

namespace usersync::bridge {
namespace {

absl::StatusCode CodeOf(absl::string_view json) { return ParsePublishAnswer(json).status().code(); }

TEST(PublishAnswer, IsTheSequenceOfAStoredMessage) {
  for (const char* json :
       {R"({"stream":"USERS_BROADCAST", "seq":42})", R"({"stream":"USERS_BROADCAST","seq":42})",
        R"({"seq":42,"stream":"USERS_BROADCAST","domain":"hub"})"}) {
    const auto sequence = ParsePublishAnswer(json);
    ASSERT_TRUE(sequence.ok()) << json;
    EXPECT_EQ(*sequence, 42u);
  }
}

TEST(PublishAnswer, TellsALostGuardFromADuplicateAndFromTrouble) {
  EXPECT_EQ(
      CodeOf(R"({"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 7"},)"
             R"("stream":"USERS_BROADCAST","seq":0})"),
      absl::StatusCode::kAborted);
  EXPECT_EQ(CodeOf(R"({"stream":"USERS_BROADCAST","seq":42,"duplicate":true})"),
            absl::StatusCode::kAlreadyExists);
  for (const char* json :
       {"", "{}", "[]", "null", R"({"error":1})", R"({"error":{}})", R"({"seq":-1})",
        R"({"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"}})",
        R"({"stream":"USERS_BROADCAST", "seq":42)", R"({"stream":"USERS_BROADCAST", "seq":x})"}) {
    EXPECT_EQ(CodeOf(json), absl::StatusCode::kUnavailable) << json;
  }
}

}  // namespace
}  // namespace usersync::bridge
