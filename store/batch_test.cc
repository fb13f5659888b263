#include "store/batch.h"

#include <gmock/gmock.h>

#include <cstring>

#include "store/mutation_request.h"

namespace usersync::store {
namespace {

using users::v1::Mutation;

constexpr int64_t kNow = 1704067200000000;

Mutation Plain(const std::string& id, const std::string& email, const std::string& status) {
  Mutation mutation;
  users::v1::User& user = *mutation.mutable_user();
  user.set_id(id);
  user.set_email(email);
  user.set_status(status);
  user.set_created_at("2024-01-01T00:00:00Z");
  user.set_updated_at("2024-01-01T00:00:00Z");
  mutation.set_unconditional(true);
  return mutation;
}

Request From(const std::string& actor, const std::string& mutation_id, Mutation mutation) {
  mutation.set_mutation_id(mutation_id);
  return RequestOf(
      {.actor = actor, .auth = users::v1::AUTH_NATS, .role = Role::kWriter, .derives_ids = true},
      std::move(mutation));
}

Batch EmptyBatch(BatchState state = {}) {
  state.epoch = std::string(16, 'e');
  state.committed_at = kNow;
  state.object_ids = {13, 12, 11};
  return Batch(std::move(state), [](char* bytes, size_t count) { std::memset(bytes, 1, count); });
}

TEST(Batch, GivesEveryCommittedRequestTheNextSequenceAndVersion) {
  Batch batch = EmptyBatch();
  const Effect first = batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  const Effect second = batch.Decide(From("bob", "m2", Plain("u1", "a@x.org", "gone")));
  const Effect third = batch.Decide(From("bob", "m3", Plain("u2", "b@x.org", "active")));
  ASSERT_TRUE(first.version && second.version && third.version);
  EXPECT_EQ(first.version->sequence, 1);
  EXPECT_EQ(second.version->sequence, 2);
  EXPECT_EQ(second.version->version, 2);
  EXPECT_EQ(second.version->previous_hash, first.version->hash);
  EXPECT_EQ(second.version->object_id, first.version->object_id);
  EXPECT_EQ(third.version->object_id, 12);
  EXPECT_EQ(third.answer.receipt.sequence(), 3);
  EXPECT_EQ(batch.state().head, 3);
}

TEST(Batch, SeesAddressesTakenAndReleasedByEarlierRequests) {
  Batch batch = EmptyBatch();
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  const Effect refused = batch.Decide(From("ann", "m2", Plain("u2", "A@x.org", "active")));
  EXPECT_EQ(refused.answer.receipt.outcome(), users::v1::OUTCOME_INVALID);
  EXPECT_EQ(refused.answer.receipt.violations(0).reason(), users::v1::ERROR_REASON_EMAIL_TAKEN);
  EXPECT_TRUE(refused.to_refused);
  batch.Decide(From("ann", "m3", Plain("u1", "new@x.org", "active")));
  const Effect taken = batch.Decide(From("ann", "m4", Plain("u2", "A@x.org", "active")));
  EXPECT_EQ(taken.answer.receipt.outcome(), users::v1::OUTCOME_APPLIED);
}

TEST(Batch, AnswersARepeatedMutationWithItsFirstReceipt) {
  Batch batch = EmptyBatch();
  const Request request = From("ann", "m1", Plain("u1", "a@x.org", "active"));
  const Effect first = batch.Decide(request);
  const Effect again = batch.Decide(request);
  EXPECT_FALSE(again.version.has_value());
  EXPECT_TRUE(again.answer.receipt.replayed());
  EXPECT_EQ(again.answer.receipt.sequence(), first.answer.receipt.sequence());
  EXPECT_EQ(batch.state().head, 1);
}

TEST(Batch, ShowsTheDocumentThatHoldsAlreadyAllThatWasChangedEachTime) {
  Batch batch = EmptyBatch();
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "gone")));
  batch.Decide(From("ann", "m2", Plain("u1", "new@x.org", "gone")));
  Mutation late = Plain("u1", "a@x.org", "gone");
  *late.mutable_assumed() = Plain("u1", "a@x.org", "active").user();
  const Request request = From("bob", "m3", late);
  for (const Effect& effect : {batch.Decide(request), batch.Decide(request)}) {
    EXPECT_EQ(effect.answer.receipt.outcome(), users::v1::OUTCOME_UNCHANGED);
    EXPECT_EQ(effect.answer.receipt.sequence(), 2);
    EXPECT_EQ(effect.answer.receipt.user().email(), "new@x.org");
  }
  const Effect same = batch.Decide(From("bob", "m4", Plain("u1", "new@x.org", "gone")));
  EXPECT_EQ(same.answer.receipt.outcome(), users::v1::OUTCOME_UNCHANGED);
  EXPECT_FALSE(same.answer.receipt.has_user());
}

TEST(Batch, RefusesAMutationIdThatComesWithOtherContent) {
  Batch batch = EmptyBatch();
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  const Effect reused = batch.Decide(From("ann", "m1", Plain("u1", "b@x.org", "active")));
  EXPECT_EQ(reused.answer.receipt.outcome(), users::v1::OUTCOME_INVALID);
  EXPECT_EQ(reused.answer.receipt.violations(0).reason(),
            users::v1::ERROR_REASON_MUTATION_ID_REUSED);
  EXPECT_EQ(reused.answer.receipt.user().email(), "a@x.org");
  EXPECT_FALSE(reused.to_ledger);
  const Effect other_author = batch.Decide(From("bob", "m1", Plain("u1", "b@x.org", "active")));
  EXPECT_EQ(other_author.answer.receipt.outcome(), users::v1::OUTCOME_APPLIED);
}

TEST(Batch, KeepsNoLedgerForDerivedIds) {
  Batch batch = EmptyBatch();
  const Effect effect =
      batch.Decide(From("ann", "USERS_UPDATE:1:2", Plain("u1", "a@x.org", "active")));
  EXPECT_EQ(effect.answer.receipt.outcome(), users::v1::OUTCOME_APPLIED);
  EXPECT_FALSE(effect.to_ledger);
}

TEST(Batch, TakesBackWhatTheDatabaseRefuses) {
  Batch batch = EmptyBatch();
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  const Request request = From("ann", "m2", Plain("u2", "b@x.org", "forbidden"));
  const Effect bad = batch.Decide(request);
  const Effect refused = batch.Refuse(request, bad, "the database refuses the data");
  EXPECT_EQ(refused.answer.receipt.outcome(), users::v1::OUTCOME_INVALID);
  EXPECT_FALSE(refused.version.has_value());
  EXPECT_TRUE(refused.to_refused);
  EXPECT_EQ(batch.state().head, 1);
  const Effect next = batch.Decide(From("ann", "m3", Plain("u3", "b@x.org", "active")));
  EXPECT_EQ(next.answer.receipt.sequence(), 2);
  EXPECT_EQ(next.version->object_id, bad.version->object_id);
}

TEST(Batch, KeepsWhatCouldNotBeDecoded) {
  Batch batch = EmptyBatch();
  users::internal::v1::Undecodable undecodable;
  undecodable.set_payload("{");
  undecodable.add_violations()->set_field("email");
  Request request;
  request.author = {.actor = "ann", .auth = users::v1::AUTH_NATS, .role = Role::kWriter};
  request.content = undecodable;
  const Effect effect = batch.Decide(request);
  EXPECT_EQ(effect.answer.receipt.outcome(), users::v1::OUTCOME_INVALID);
  EXPECT_EQ(effect.answer.receipt.violations(0).field(), "email");
  EXPECT_TRUE(effect.to_refused);
}

TEST(Batch, JudgesWhatCouldBeReadOfWhatCouldNotBeDecoded) {
  Batch batch = EmptyBatch();
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  users::internal::v1::Undecodable undecodable;
  undecodable.add_violations()->set_field("email");
  *undecodable.mutable_mutation() = Plain("u1", "", "");
  undecodable.mutable_mutation()->set_mutation_id("m2");
  Request request;
  request.author = {.actor = "ann", .auth = users::v1::AUTH_NATS, .role = Role::kWriter};
  request.content = undecodable;
  EXPECT_EQ(UserIdOf(request), "u1");
  const auto receipt = batch.Decide(request).answer.receipt;
  ASSERT_EQ(receipt.violations_size(), 2);
  EXPECT_EQ(receipt.violations(0).field(), "email");
  EXPECT_EQ(receipt.violations(1).field(), "status");
  EXPECT_EQ(receipt.user().email(), "a@x.org");
}

TEST(Batch, ResolvesCommandsOnWhatStandsWhenTheirTurnComes) {
  Batch batch = EmptyBatch();
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  UserCommand command{.kind = UserCommand::Kind::kUpdate};
  command.user.set_id("u1");
  command.user.set_status("paused");
  command.fields = {"status"};
  command.expected_version = 1;
  Request request;
  request.author = {.actor = "bob", .auth = users::v1::AUTH_JWT, .role = Role::kWriter};
  request.mutation_id = "c1";
  request.content = command;
  const Effect effect = batch.Decide(request);
  ASSERT_TRUE(effect.answer.status.ok());
  EXPECT_EQ(effect.answer.user.status(), "paused");
  EXPECT_EQ(effect.answer.user.email(), "a@x.org");
  EXPECT_EQ(effect.answer.user.version(), 2);
  EXPECT_EQ(effect.answer.user.updated_at(), "2024-01-01T00:00:00.000Z");
  const Effect stale = batch.Decide(request);
  EXPECT_TRUE(absl::IsAborted(stale.answer.status));
}

TEST(Batch, UndeletesAUserThatTheSameBatchDeleted) {
  Batch batch = EmptyBatch({.past = {{{"u1", 0}, std::nullopt}}});
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  Mutation tombstone = Plain("u1", "gone@x.org", "gone");
  tombstone.mutable_user()->set_deleted(true);
  batch.Decide(From("ann", "m2", tombstone));
  UserCommand command{.kind = UserCommand::Kind::kUndelete};
  command.user.set_id("u1");
  Request request;
  request.author = {.actor = "bob", .auth = users::v1::AUTH_JWT, .role = Role::kWriter};
  request.mutation_id = "c1";
  request.content = command;
  const Effect effect = batch.Decide(request);
  ASSERT_TRUE(effect.version.has_value());
  EXPECT_EQ(effect.version->action, users::v1::ACTION_UNDELETE);
  EXPECT_EQ(effect.answer.user.status(), "active");
  EXPECT_EQ(effect.answer.user.email(), "a@x.org");
  EXPECT_FALSE(effect.answer.user.has_delete_time());
}

Request Erasure(const std::string& user_id, Role role = Role::kAdmin) {
  UserCommand command{.kind = UserCommand::Kind::kErase, .reason = "request 7"};
  command.user.set_id(user_id);
  Request request;
  request.author = {.actor = "eve", .auth = users::v1::AUTH_JWT, .role = role};
  request.mutation_id = "e1";
  request.content = command;
  return request;
}

TEST(Batch, ErasesAUserWithAVersionOfPlaceholdersAndFreesTheAddress) {
  Batch batch = EmptyBatch();
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  const Effect erased = batch.Decide(Erasure("u1"));
  ASSERT_TRUE(erased.version.has_value());
  EXPECT_EQ(erased.version->action, users::v1::ACTION_ERASE);
  EXPECT_EQ(erased.version->reason, "request 7");
  EXPECT_EQ(erased.version->document_json,
            R"({"_deleted":true,"created_at":"1970-01-01T00:00:00Z",)"
            R"("email":"erased-u1@erased.invalid","id":"u1","status":"erased",)"
            R"("updated_at":"1970-01-01T00:00:00Z"})");
  EXPECT_THAT(erased.version->changed_fields,
              testing::ElementsAre("_deleted", "created_at", "email", "status", "updated_at"));
  const Effect heir = batch.Decide(From("bob", "m2", Plain("u2", "a@x.org", "active")));
  EXPECT_EQ(heir.answer.receipt.outcome(), users::v1::OUTCOME_APPLIED);
}

TEST(Batch, ErasesOnceHoweverOftenItIsAsked) {
  Batch batch = EmptyBatch();
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  batch.Decide(Erasure("u1"));
  const Effect again = batch.Decide(Erasure("u1"));
  EXPECT_TRUE(again.answer.status.ok());
  EXPECT_FALSE(again.version.has_value());
  EXPECT_EQ(again.answer.receipt.sequence(), 2);
  EXPECT_EQ(again.answer.receipt.version(), 2);
}

TEST(Batch, ErasesForAdministratorsOnlyAndOnlyWhoIsKnown) {
  Batch batch = EmptyBatch();
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  const Effect denied = batch.Decide(Erasure("u1", Role::kWriter));
  EXPECT_EQ(denied.answer.receipt.outcome(), users::v1::OUTCOME_DENIED);
  EXPECT_TRUE(absl::IsNotFound(batch.Decide(Erasure("u2")).answer.status));
  EXPECT_EQ(batch.state().head, 1);
}

TEST(Batch, ErasesAlsoWhoWroteThePlaceholdersThemselves) {
  Batch batch = EmptyBatch();
  Mutation imitation = Plain("u1", "erased-u1@erased.invalid", "erased");
  imitation.mutable_user()->set_created_at("1970-01-01T00:00:00Z");
  imitation.mutable_user()->set_updated_at("1970-01-01T00:00:00Z");
  batch.Decide(From("ann", "m1", imitation));
  imitation.mutable_user()->set_deleted(true);
  batch.Decide(From("ann", "m2", imitation));
  EXPECT_TRUE(batch.Decide(Erasure("u1")).version.has_value());
}

TEST(Batch, AnswersNobodyWithWhatWasErased) {
  Batch batch = EmptyBatch();
  const Request request = From("ann", "m1", Plain("u1", "a@x.org", "active"));
  batch.Decide(request);
  batch.Decide(Erasure("u1"));
  for (int times = 0; times < 2; ++times) {
    const Effect effect = batch.Decide(request);
    const auto& receipt = effect.answer.receipt;
    EXPECT_EQ(receipt.outcome(), users::v1::OUTCOME_INVALID);
    EXPECT_EQ(receipt.violations(0).reason(), users::v1::ERROR_REASON_USER_ERASED);
    EXPECT_EQ(receipt.user().email(), "erased-u1@erased.invalid");
    EXPECT_FALSE(receipt.replayed());
    EXPECT_TRUE(effect.to_refused && effect.of_erased);
    EXPECT_FALSE(effect.to_ledger);
  }
}

Request Update(const std::string& mutation_id, const std::string& email) {
  UserCommand command{.kind = UserCommand::Kind::kUpdate, .fields = {"email"}, .reason = "moved"};
  command.user.set_id("u1");
  command.user.set_email(email);
  Request request;
  request.author = {.actor = "bob", .auth = users::v1::AUTH_JWT, .role = Role::kWriter};
  request.mutation_id = mutation_id;
  request.request_hash = email;
  request.content = command;
  return request;
}

TEST(Batch, KeepsTheWholeMutationOfACommandThatIsRefused) {
  Batch batch = EmptyBatch();
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  batch.Decide(From("ann", "m2", Plain("u2", "b@x.org", "active")));
  const Effect taken = batch.Decide(Update("c1", "B@x.org"));
  ASSERT_TRUE(taken.to_refused && taken.resolved);
  const Effect reused = batch.Decide(Update("c1", "c@x.org"));
  ASSERT_TRUE(reused.to_refused && reused.resolved);
  const Effect committed = batch.Decide(Update("c2", "d@x.org"));
  const Effect cursed = batch.Refuse(Update("c2", "d@x.org"), committed, "is cursed");
  ASSERT_TRUE(cursed.to_refused && cursed.resolved);
  const std::pair<const Effect*, std::string> cases[] = {
      {&taken, "B@x.org"}, {&reused, "c@x.org"}, {&cursed, "d@x.org"}};
  for (const auto& [effect, email] : cases) {
    EXPECT_EQ(effect->resolved->user().email(), email);
    EXPECT_EQ(effect->resolved->user().status(), "active");
    EXPECT_EQ(effect->resolved->reason(), "moved");
  }
}

TEST(Batch, ARefusedMutationIsTriedAgainUntilItIsAppliedOnce) {
  Batch batch = EmptyBatch();
  batch.Decide(From("ann", "m1", Plain("u1", "a@x.org", "active")));
  Request again = From("bob", "refused:7:1704067200000000000", Plain("u2", "a@x.org", "active"));
  again.request_hash = "hash of the payload";
  again.applies_refused = true;
  const Effect refused = batch.Decide(again);
  EXPECT_EQ(refused.answer.receipt.outcome(), users::v1::OUTCOME_INVALID);
  EXPECT_FALSE(refused.to_refused || refused.to_ledger);
  batch.Decide(From("ann", "m2", Plain("u1", "b@x.org", "active")));
  const Effect applied = batch.Decide(again);
  EXPECT_TRUE(applied.to_ledger);
  const Effect replayed = batch.Decide(again);
  EXPECT_TRUE(replayed.answer.receipt.replayed());
  EXPECT_EQ(replayed.answer.receipt.sequence(), applied.answer.receipt.sequence());
  EXPECT_FALSE(replayed.version.has_value());
}

}  // namespace
}  // namespace usersync::store
