#include "bridge/mutation_codec.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "protos/violation.h"

namespace usersync::bridge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using users::v1::Mutation;

std::vector<std::string> Wrong(const DecodedMutation& decoded) {
  std::vector<std::string> lines;
  for (const auto& violation : decoded.violations.found()) {
    lines.push_back(absl::StrCat(violation.field(), " ", ReasonName(violation.reason())));
    EXPECT_FALSE(violation.description().empty());
  }
  return lines;
}

TEST(MutationCodec, TakesAPlainDocumentForAMutationWithoutBelief) {
  const auto decoded = DecodeMutation(R"( {"id":"u1","email":"a@x.org"} )");
  EXPECT_THAT(Wrong(decoded), IsEmpty());
  EXPECT_TRUE(decoded.mutation.unconditional());
  EXPECT_EQ(decoded.mutation.user().email(), "a@x.org");
  EXPECT_EQ(decoded.mutation.mutation_id(), "");
}

TEST(MutationCodec, ReadsAMutationWholeWhateverTheOrderOfItsKeys) {
  const auto decoded = DecodeMutation(
      R"({"reason":"typo","on_conflict":"overwrite","assumed":{"id":"u1","role":"r"},)"
      R"("document":{"id":"u1","_deleted":true},"mutation_id":"A.b_c~9-"})");
  EXPECT_THAT(Wrong(decoded), IsEmpty());
  const Mutation& mutation = decoded.mutation;
  EXPECT_EQ(mutation.mutation_id(), "A.b_c~9-");
  EXPECT_EQ(mutation.reason(), "typo");
  EXPECT_EQ(mutation.conflict_policy(), users::v1::CONFLICT_POLICY_OVERWRITE);
  EXPECT_TRUE(mutation.user().deleted());
  EXPECT_EQ(mutation.assumed().role(), "r");
}

TEST(MutationCodec, TakesANullBeliefForAnInsert) {
  const auto decoded = DecodeMutation(
      R"({"mutation_id":"m","document":{"id":"u1"},"assumed":null,"on_conflict":"refuse"})");
  EXPECT_THAT(Wrong(decoded), IsEmpty());
  EXPECT_TRUE(decoded.mutation.assumed_absent());
  EXPECT_EQ(decoded.mutation.conflict_policy(), users::v1::CONFLICT_POLICY_REFUSE);
}

TEST(MutationCodec, NamesEverythingThatIsWrong) {
  struct Case {
    const char* json;
    std::vector<std::string> wrong;
  };
  const Case cases[] = {
      {R"({"mutation_id":"m","document":{}})", {"assumed FIELD_REQUIRED"}},
      {R"({"mutation_id":"m","assumed":null})", {"document FIELD_REQUIRED"}},
      {R"({"on_conflict":"refuse"})", {"document FIELD_REQUIRED", "assumed FIELD_REQUIRED"}},
      {R"({"document":null,"assumed":[]})", {"document FIELD_INVALID", "assumed FIELD_INVALID"}},
      {R"({"document":"x","assumed":false})", {"document FIELD_INVALID", "assumed FIELD_INVALID"}},
      {R"({"document":{},"assumed":null,"on_conflict":"merge"})", {"on_conflict FIELD_INVALID"}},
      {R"({"document":{},"assumed":null,"on_conflict":null})", {"on_conflict FIELD_INVALID"}},
      {R"({"document":{},"assumed":null,"reason":null})", {"reason FIELD_INVALID"}},
      {R"({"document":{},"assumed":null,"reason":"\u0000"})", {"reason FIELD_INVALID"}},
      {R"({"document":{},"assumed":null,"mutation_id":7})", {"mutation_id FIELD_INVALID"}},
      {R"({"document":{},"assumed":null,"mutation_id":""})", {"mutation_id FIELD_INVALID"}},
      {R"({"document":{},"assumed":null,"mutation_id":"a:1"})", {"mutation_id FIELD_INVALID"}},
      {R"({"document":{},"assumed":null,"mutation_id":"\ud800"})", {"mutation_id FIELD_INVALID"}},
      {R"({"document":{"x":1,"email":5},"assumed":{"x":1,"email":5,"email":""},"y":[{}]})",
       {"x FIELD_UNKNOWN", "email FIELD_INVALID", "assumed.x FIELD_UNKNOWN",
        "assumed.email FIELD_INVALID", "assumed.email FIELD_INVALID", "y FIELD_UNKNOWN"}},
      {R"({"document":{},"document":{"x":1},"assumed":null,"assumed":{}})",
       {"document FIELD_INVALID", "assumed FIELD_INVALID"}},
      {R"({"document":{},"assumed":null,"reason":"a","r\u0065ason":"b","on_conflict":"refuse","on_conflict":"refuse"})",
       {"reason FIELD_INVALID", "on_conflict FIELD_INVALID"}},
      {R"({"document":{},"assumed":null,"email":"a"})", {"email FIELD_UNKNOWN"}},
      {R"({"id":"u1","reason":"x"})", {"reason FIELD_UNKNOWN"}},
      {R"({"document":{"id":1e999},"email":5})", {"id FIELD_INVALID"}},
  };
  for (const Case& a_case : cases) {
    EXPECT_THAT(Wrong(DecodeMutation(a_case.json)), ::testing::ElementsAreArray(a_case.wrong))
        << a_case.json;
  }
}

TEST(MutationCodec, ReadsTheIdWhateverElseIsWrong) {
  EXPECT_EQ(DecodeMutation(R"({"document":{"email":"\ud800"},"x":[[[]]],"mutation_id":"m"})")
                .mutation.mutation_id(),
            "m");
  EXPECT_EQ(DecodeMutation(R"({"mutation_id":"a b"})").mutation.mutation_id(), "");
}

TEST(MutationCodec, ReadsNoIdIfThereAreTwo) {
  const auto decoded =
      DecodeMutation(R"({"mutation_id":"m","mutation_id":"m","document":{},"assumed":null})");
  EXPECT_EQ(decoded.mutation.mutation_id(), "");
  EXPECT_THAT(Wrong(decoded), ElementsAre("mutation_id FIELD_INVALID"));
}

TEST(MutationCodec, KeepsWhatCouldBeReadOfTheDocument) {
  EXPECT_EQ(DecodeMutation(R"({"id":"u1","email":5})").mutation.user().id(), "u1");
  EXPECT_FALSE(DecodeMutation(R"({"id":"u1","assumed":null})").mutation.has_user());
}

TEST(MutationCodec, MeasuresEachDocumentAlone) {
  const std::string large(64 << 10, 'x');
  EXPECT_THAT(Wrong(DecodeMutation(absl::StrCat(R"({"id":")", large, "\"}"))),
              ElementsAre(" TOO_LARGE"));
  EXPECT_THAT(Wrong(DecodeMutation(absl::StrCat(R"({"document":{"id":")", large,
                                                R"("},"assumed":{"id":")", large, "\"}}"))),
              ElementsAre(" TOO_LARGE", "assumed TOO_LARGE"));
  EXPECT_THAT(Wrong(DecodeMutation(
                  absl::StrCat(R"({"document":{},"assumed":null,"reason":")", large, "\"}"))),
              IsEmpty());
}

TEST(MutationCodec, TellsWhatIsNoObjectFromWhatIsNoJson) {
  for (const char* json : {"null", "5", "\"x\"", "true", "[{}]"}) {
    const auto decoded = DecodeMutation(json);
    EXPECT_EQ(decoded.read, JsonResult::Kind::kNoObject) << json;
    EXPECT_THAT(Wrong(decoded), ElementsAre(" FIELD_INVALID")) << json;
  }
  const auto decoded = DecodeMutation(R"({"mutation_id":"m","x":1,"email":5,})");
  EXPECT_EQ(decoded.read, JsonResult::Kind::kNotJson);
  EXPECT_EQ(decoded.mutation.mutation_id(), "");
  ASSERT_THAT(Wrong(decoded), ElementsAre(" FIELD_INVALID"));
  EXPECT_THAT(decoded.violations.found()[0].description(), HasSubstr("not from byte 35 on"));
}

TEST(MutationCodec, KnowsWhatAClientMayNameAMutation) {
  EXPECT_TRUE(IsMutationId("a"));
  EXPECT_TRUE(IsMutationId(std::string(128, '~')));
  for (const std::string& id : {std::string(), std::string(129, 'a'), std::string("S:1:2"),
                                std::string("a/0"), std::string("é"), std::string("a\0b", 3)}) {
    EXPECT_FALSE(IsMutationId(id)) << id;
  }
}

}  // namespace
}  // namespace usersync::bridge
