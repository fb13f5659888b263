// What the table in tests/cases/merge.json cannot say; see decide_cases_test.cc.
#include "store/validate.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "protos/violation.h"

namespace usersync::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using users::v1::Mutation;
using users::v1::User;

const Principal kAnn{.actor = "ann", .role = Role::kWriter};
const Principal kAnnOverNats{.actor = "ann", .role = Role::kWriter, .derives_ids = true};

Mutation Good() {
  Mutation mutation;
  mutation.set_mutation_id("m-1");
  User& user = *mutation.mutable_user();
  user.set_id("u1");
  user.set_email("ann@example.com");
  user.set_status("active");
  user.set_created_at("2024-01-01T00:00:00Z");
  user.set_updated_at("2024-01-01T00:00:00Z");
  mutation.set_unconditional(true);
  return mutation;
}

std::vector<std::string> Found(const Principal& author, const Mutation& mutation,
                               const User* current = nullptr) {
  std::vector<std::string> found;
  for (const auto& violation : Validate(author, mutation, current)) {
    found.push_back(absl::StrCat(violation.field(), " ", ReasonName(violation.reason())));
  }
  return found;
}

TEST(Validate, FindsNothingWrongWithAGoodMutation) { EXPECT_THAT(Found(kAnn, Good()), IsEmpty()); }

TEST(Validate, TakesDerivedIdsFromTheBridgeOnly) {
  Mutation mutation = Good();
  mutation.set_mutation_id("USERS_UPDATE:1:2/3");
  EXPECT_THAT(Found(kAnnOverNats, mutation), IsEmpty());
  EXPECT_THAT(Found(kAnn, mutation), ElementsAre("mutation_id FIELD_INVALID"));
  mutation.set_mutation_id("USERS_UPDATE:1");
  EXPECT_THAT(Found(kAnnOverNats, mutation), ElementsAre("mutation_id FIELD_INVALID"));
  mutation.set_mutation_id("chosen");
  EXPECT_THAT(Found(kAnnOverNats, mutation), IsEmpty());
  mutation.clear_mutation_id();
  EXPECT_THAT(Found(kAnnOverNats, mutation), ElementsAre("mutation_id FIELD_REQUIRED"));
}

TEST(Validate, WantsAnActorThatFitsIntoASubject) {
  for (const std::string& actor : {std::string(), std::string("a.b"), std::string(65, 'a')}) {
    EXPECT_THAT(Found({.actor = actor, .role = Role::kWriter}, Good()),
                ElementsAre("actor FIELD_INVALID"));
  }
}

TEST(Validate, WantsTheFlagsOfABeliefToBeTrue) {
  Mutation mutation = Good();
  mutation.set_unconditional(false);
  EXPECT_THAT(Found(kAnn, mutation), ElementsAre("unconditional FIELD_INVALID"));
  mutation.set_assumed_absent(false);
  EXPECT_THAT(Found(kAnn, mutation), ElementsAre("assumed_absent FIELD_INVALID"));
  mutation.clear_assumption();
  EXPECT_THAT(Found(kAnn, mutation), ElementsAre("assumed FIELD_REQUIRED"));
}

TEST(Validate, KnowsTheConflictPolicies) {
  Mutation mutation = Good();
  mutation.set_conflict_policy(static_cast<users::v1::ConflictPolicy>(9));
  EXPECT_THAT(Found(kAnn, mutation), ElementsAre("on_conflict FIELD_INVALID"));
}

TEST(Validate, RefusesFieldsOfANewerSchemaRatherThanLosingThem) {
  Mutation mutation = Good();
  auto& unknown = *User::GetReflection()->MutableUnknownFields(mutation.mutable_user());
  unknown.AddLengthDelimited(42, "new");
  unknown.AddVarint(142, 1);
  EXPECT_THAT(Found(kAnn, mutation), ElementsAre("42 FIELD_UNKNOWN"));
  *mutation.mutable_assumed() = mutation.user();
  EXPECT_THAT(Found(kAnn, mutation), ElementsAre("42 FIELD_UNKNOWN", "assumed.42 FIELD_UNKNOWN"));
}

TEST(Validate, LimitsTheDocumentTo64KibibytesAsJson) {
  Mutation mutation = Good();
  // 6 bytes of JSON each: the text alone is smaller than the limit.
  mutation.mutable_user()->set_role(std::string(11000, '\x01'));
  EXPECT_THAT(Found(kAnn, mutation), ElementsAre("role FIELD_INVALID", " TOO_LARGE"));
  *mutation.mutable_assumed() = mutation.user();
  mutation.mutable_user()->clear_role();
  EXPECT_THAT(Found(kAnn, mutation),
              ElementsAre("assumed.role FIELD_INVALID", "assumed TOO_LARGE"));
  mutation.mutable_assumed()->set_role(std::string(10700, '\x01'));
  EXPECT_THAT(Found(kAnn, mutation), ElementsAre("assumed.role FIELD_INVALID"));
}

TEST(Validate, DoesNotJudgeAgainWhatStands) {
  Mutation mutation = Good();
  mutation.mutable_user()->set_email("old style");
  mutation.mutable_user()->clear_status();
  const User current = mutation.user();
  EXPECT_THAT(Found(kAnn, mutation, &current), IsEmpty());
  *mutation.mutable_assumed() = current;
  EXPECT_THAT(Found(kAnn, mutation, &current), IsEmpty());
  mutation.mutable_assumed()->set_email("other style");
  EXPECT_THAT(Found(kAnn, mutation, &current), ElementsAre("assumed.email FIELD_INVALID"));
}

TEST(Validate, SaysWhatWasFoundAndWhatIsAllowed) {
  Mutation mutation = Good();
  mutation.mutable_user()->set_created_at("yesterday");
  const auto violations = Validate(kAnn, mutation, nullptr);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_THAT(violations[0].description(), HasSubstr("created_at"));
  EXPECT_THAT(violations[0].description(), HasSubstr("\"yesterday\""));
  EXPECT_THAT(violations[0].description(), HasSubstr("2024-01-01T00:00:00Z"));
  EXPECT_THAT(violations[0].description(), Not(HasSubstr("ann@example.com")));
}

}  // namespace
}  // namespace usersync::store
