// What the table in tests/cases/merge.json cannot say; see decide_cases_test.cc.
#include "store/decide.h"

#include <gmock/gmock.h>

#include "store/document_json.h"
#include "store/field_value.h"

namespace usersync::store {
namespace {

using ::testing::IsEmpty;
using users::v1::Mutation;
using users::v1::User;

User Ann() {
  User user;
  user.set_id("u1");
  user.set_email("ann@example.com");
  user.set_status("active");
  user.set_created_at("2024-01-01T00:00:00Z");
  user.set_updated_at("2024-01-01T00:00:00Z");
  return user;
}

CurrentUser Stands(User user) {
  CurrentUser current{.object_id = 7, .user = std::move(user)};
  current.user.set_version(3);
  current.user.set_sequence(9);
  return current;
}

Mutation Plain(User user) {
  Mutation mutation;
  mutation.set_mutation_id("m-1");
  *mutation.mutable_user() = std::move(user);
  mutation.set_unconditional(true);
  return mutation;
}

const Principal kWriter{.actor = "ann", .auth = users::v1::AUTH_NATS, .role = Role::kWriter};

bool NoneTaken(absl::string_view /*folded*/, absl::string_view /*user_id*/) { return false; }

TEST(Decide, IgnoresTheFieldsThatOnlyTheStoreKnows) {
  User echoed = Ann();
  echoed.set_version(3);
  echoed.mutable_create_time()->set_seconds(5);
  const CurrentUser current = Stands(Ann());
  EXPECT_EQ(Decide(kWriter, Plain(echoed), &current, NoneTaken).outcome,
            users::v1::OUTCOME_UNCHANGED);
  const Decision created = Decide(kWriter, Plain(echoed), nullptr, NoneTaken);
  EXPECT_EQ(created.outcome, users::v1::OUTCOME_APPLIED);
  EXPECT_EQ(created.document.SerializeAsString(), Ann().SerializeAsString());
}

TEST(Decide, KeepsBothSidesOfWhatWasOverwritten) {
  User mine = Ann();
  mine.set_status("paused");
  User theirs = Ann();
  theirs.set_status("invited");
  Mutation mutation = Plain(mine);
  *mutation.mutable_assumed() = Ann();
  mutation.set_conflict_policy(users::v1::CONFLICT_POLICY_OVERWRITE);
  const CurrentUser current = Stands(theirs);
  const Decision decision = Decide(kWriter, mutation, &current, NoneTaken);
  ASSERT_TRUE(decision.audit.has_value());
  EXPECT_EQ(CanonicalDocument(*decision.audit->base), CanonicalDocument(Ann()));
  EXPECT_EQ(CanonicalDocument(decision.audit->mine), CanonicalDocument(mine));
  EXPECT_EQ(decision.audit->theirs.SerializeAsString(), theirs.SerializeAsString());
}

TEST(Decide, AsksForTheFoldedAddressOfTheLivingOnly) {
  User shouting = Ann();
  shouting.set_email("ANN@Example.com");
  std::vector<std::string> asked;
  const auto taken = [&](absl::string_view folded, absl::string_view user_id) {
    asked.push_back(std::string(folded) + " " + std::string(user_id));
    return false;
  };
  Decide(kWriter, Plain(shouting), nullptr, taken);
  EXPECT_THAT(asked, ::testing::ElementsAre("ann@example.com u1"));
  asked.clear();
  const CurrentUser current = Stands(Ann());
  shouting.set_deleted(true);
  Decide(kWriter, Plain(shouting), &current, taken);
  EXPECT_THAT(asked, IsEmpty());
}

TEST(Decide, LooksAtNoAddressBeforeTheRulesAreKept) {
  User broken = Ann();
  broken.set_status("");
  const auto taken = [](absl::string_view, absl::string_view) {
    ADD_FAILURE() << "asked for an address";
    return true;
  };
  EXPECT_EQ(Decide(kWriter, Plain(broken), nullptr, taken).violations.size(), 1u);
}

TEST(Decide, TellsTheDeniedNothing) {
  User broken = Ann();
  broken.set_status("");
  const Decision decision =
      Decide({.actor = "eve", .role = Role::kReader}, Plain(broken), nullptr, NoneTaken);
  EXPECT_EQ(decision.outcome, users::v1::OUTCOME_DENIED);
  EXPECT_THAT(decision.violations, IsEmpty());
  EXPECT_THAT(decision.conflicts, IsEmpty());
}

TEST(Decide, DoesTheSameTwice) {
  User mine = Ann();
  mine.set_role("user");
  Mutation mutation = Plain(mine);
  *mutation.mutable_assumed() = Ann();
  User theirs = Ann();
  theirs.set_status("invited");
  CurrentUser current = Stands(theirs);
  const Decision first = Decide(kWriter, mutation, &current, NoneTaken);
  ASSERT_EQ(first.outcome, users::v1::OUTCOME_MERGED);
  current = Stands(first.document);
  const Decision again = Decide(kWriter, mutation, &current, NoneTaken);
  EXPECT_EQ(again.outcome, users::v1::OUTCOME_UNCHANGED);
}

}  // namespace
}  // namespace usersync::store
