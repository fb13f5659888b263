#include "bridge/pull_codec.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "bridge/document_codec.h"
#include "common/status.h"

namespace usersync::bridge {
namespace {

using ::testing::HasSubstr;
using users::v1::PullResponse;

PullResponse Page(int users) {
  PullResponse response;
  for (int i = 1; i <= users; ++i) {
    response.add_users()->set_id(absl::StrCat("u", i));
    response.mutable_users(i - 1)->set_sequence(10 * i);
  }
  return response;
}

TEST(PullCodec, ReadsARequestOfWhichEverythingMayBeMissing) {
  EXPECT_EQ(DecodePull("{}")->checkpoint(), "");
  EXPECT_EQ(DecodePull(R"({"checkpoint":null})")->checkpoint(), "");
  const auto request = DecodePull(R"({"limit":1000,"checkpoint":"a.b"})");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->limit(), 1000);
  EXPECT_EQ(request->checkpoint(), "a.b");
}

TEST(PullCodec, NamesTheFieldAndTheRuleThatIsBroken) {
  struct Case {
    std::string json;
    const char* reason;
    const char* text;
  };
  const Case cases[] = {
      {"", "FIELD_INVALID", "the request"},
      {"[]", "FIELD_INVALID", "the request"},
      {"{\"limit\":1,}", "FIELD_INVALID", "the request"},
      {absl::StrCat("{}", std::string(5000, ' ')), "FIELD_INVALID", "the request"},
      {R"({"limit":0})", "FIELD_INVALID", "limit"},
      {R"({"limit":1001})", "FIELD_INVALID", "limit"},
      {R"({"limit":"10"})", "FIELD_INVALID", "limit"},
      {R"({"limit":null})", "FIELD_INVALID", "limit"},
      {R"({"limit":1.5})", "FIELD_INVALID", "limit"},
      {R"({"limit":1e999})", "FIELD_INVALID", "limit"},
      {R"({"limit":1,"limit":1})", "FIELD_INVALID", "only once"},
      {R"({"checkpoint":5})", "FIELD_INVALID", "checkpoint"},
      {R"({"checkpoint":"\ud800"})", "FIELD_INVALID", "surrogate"},
      {R"({"checkpoint":null,"checkpoint":"a"})", "FIELD_INVALID", "only once"},
      {R"({"since":1})", "FIELD_UNKNOWN", "since"},
  };
  for (const Case& a_case : cases) {
    const auto status = DecodePull(a_case.json).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << a_case.json;
    EXPECT_EQ(ReasonOf(status), a_case.reason) << a_case.json;
    EXPECT_THAT(std::string(status.message()), HasSubstr(a_case.text));
  }
}

TEST(PullCodec, WritesDocumentsBesideTheirSequences) {
  PullResponse response = Page(2);
  response.set_checkpoint("c");
  response.set_more(true);
  EXPECT_EQ(EncodePull(response),
            absl::StrCat("{\"documents\":[", EncodeDocument(response.users(0)), ",",
                         EncodeDocument(response.users(1)),
                         "],\"seqs\":[10,20],\"checkpoint\":\"c\",\"more\":true}"));
  EXPECT_EQ(EncodePull({}), R"({"documents":[],"seqs":[],"checkpoint":null,"more":false})");
}

TEST(PullCodec, CountsWhatFitsAndAlwaysOne) {
  const PullResponse response = Page(50);
  EXPECT_EQ(CountThatFits(response, 1 << 20), 50);
  EXPECT_EQ(CountThatFits(response, 1), 1);
  EXPECT_EQ(CountThatFits({}, 1), 0);
  const int count = CountThatFits(response, 2048);
  EXPECT_GT(count, 1);
  EXPECT_LE(EncodePull(Page(count)).size(), 2048u);
}

TEST(PullCodec, WritesAnErrorWithItsReasonOrItsCode) {
  EXPECT_EQ(EncodePullError(
                Error(absl::StatusCode::kFailedPrecondition, "CHECKPOINT_DIVERGED", "a \"b\"")),
            R"({"error":{"reason":"CHECKPOINT_DIVERGED","message":"a \"b\""}})");
  EXPECT_EQ(EncodePullError(absl::UnavailableError("gone")),
            R"({"error":{"reason":"UNAVAILABLE","message":"gone"}})");
}

}  // namespace
}  // namespace usersync::bridge
