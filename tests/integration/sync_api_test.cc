// SyncService as the bridge and the gateway call it: mutations in, pages out.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/store_api.h"

namespace usersync::tests {
namespace {

using grpc::StatusCode;
using users::v1::PullRequest;
using users::v1::PullResponse;

class SyncApi : public StoreApi {
 protected:
  std::vector<users::v1::Receipt> Push(const std::vector<users::v1::Mutation>& mutations) {
    users::v1::PushRequest request;
    *request.mutable_mutations() = {mutations.begin(), mutations.end()};
    users::v1::PushResponse response;
    Must(FromGrpc(writer_.sync().Push(writer_.Context().get(), request, &response)));
    return {response.receipts().begin(), response.receipts().end()};
  }

  // `count` new users, each with a mutation of its own.
  void PushUsers(const std::string& prefix, int count, const std::string& filler = "") {
    std::vector<users::v1::Mutation> mutations;
    for (int i = 0; i < count; ++i) {
      users::v1::User user = MakeUser(absl::StrCat(prefix, "-", i));
      if (!filler.empty()) user.set_role(filler);
      mutations.push_back(MakeMutation(user.id(), user));
    }
    for (const auto& receipt : Push(mutations)) {
      ASSERT_EQ(receipt.outcome(), users::v1::OUTCOME_APPLIED) << receipt.ShortDebugString();
    }
  }

  grpc::Status Pull(const std::string& checkpoint, int limit) {
    PullRequest request;
    request.set_checkpoint(checkpoint);
    request.set_limit(limit);
    page_.Clear();
    return reader_.sync().Pull(reader_.Context().get(), request, &page_);
  }

  StoreStub writer_ = Writer();
  StoreStub reader_ = Direct("");
  PullResponse page_;
};

TEST_F(SyncApi, PushAnswersEveryMutationInOrderWhateverBecomesOfIt) {
  users::v1::User broken = MakeUser("push-broken");
  broken.set_email("nobody");
  users::v1::Mutation insert = MakeMutation("push-4", MakeUser("push-a", "taken"));
  insert.set_assumed_absent(true);
  users::v1::Mutation no_belief = MakeMutation("push-5", MakeUser("push-b"));
  no_belief.clear_assumption();
  const auto receipts =
      Push({MakeMutation("push-1", MakeUser("push-a")), MakeMutation("push-2", broken),
            MakeMutation("push-3", MakeUser("push-a")), insert, no_belief,
            MakeMutation("push-6", MakeUser("push-a", "last"))});
  const users::v1::Outcome expected[] = {users::v1::OUTCOME_APPLIED,   users::v1::OUTCOME_INVALID,
                                         users::v1::OUTCOME_UNCHANGED, users::v1::OUTCOME_CONFLICT,
                                         users::v1::OUTCOME_INVALID,   users::v1::OUTCOME_APPLIED};
  ASSERT_EQ(receipts.size(), std::size(expected));
  for (size_t i = 0; i < receipts.size(); ++i) {
    EXPECT_EQ(receipts[i].outcome(), expected[i]) << receipts[i].ShortDebugString();
    EXPECT_EQ(receipts[i].mutation_id(), absl::StrCat("push-", i + 1));
  }
  EXPECT_EQ(receipts[2].sequence(), receipts[0].sequence());
  EXPECT_EQ(receipts[3].user().status(), "active");
  EXPECT_EQ(receipts[4].violations(0).field(), "assumed");
  EXPECT_EQ(receipts[5].sequence(), receipts[0].sequence() + 1);
}

TEST_F(SyncApi, PushTakesAtMostAThousandMutations) {
  users::v1::PushRequest request;
  for (int i = 0; i <= 1000; ++i) {
    *request.add_mutations() = MakeMutation(absl::StrCat("many-", i), MakeUser("many"));
  }
  users::v1::PushResponse response;
  const grpc::Status status = writer_.sync().Push(writer_.Context().get(), request, &response);
  EXPECT_THAT(status, IsError(StatusCode::INVALID_ARGUMENT, "TOO_LARGE"));
  EXPECT_THAT(FieldsOf(status), testing::ElementsAre("mutations"));
  EXPECT_TRUE(Push({}).empty());
}

TEST_F(SyncApi, PullsEveryUserOnceInOrderOfItsLastChange) {
  PushUsers("pull", 7);
  Push({MakeMutation("pull-again", MakeUser("pull-0", "changed"))});
  std::set<std::string> seen;
  int64_t last = 0;
  std::string checkpoint;
  do {
    ASSERT_THAT(Pull(checkpoint, 3), IsOk());
    EXPECT_LE(page_.users_size(), 3);
    for (const users::v1::User& user : page_.users()) {
      EXPECT_GT(user.sequence(), last);
      last = user.sequence();
      EXPECT_TRUE(seen.insert(user.id()).second) << user.id() << " came twice";
    }
    checkpoint = page_.checkpoint();
  } while (page_.more());
  EXPECT_EQ(last, line().Head());
  EXPECT_EQ(seen.count("pull-0"), 1u);
  ASSERT_THAT(Pull(checkpoint, 3), IsOk());
  EXPECT_EQ(page_.users_size(), 0);
  EXPECT_EQ(page_.checkpoint(), checkpoint) << "an empty page repeats the request's";
}

TEST_F(SyncApi, ALimitIsOneToAThousandAndAHundredIfNotSet) {
  PushUsers("limit", 120);
  ASSERT_THAT(Pull("", 0), IsOk());
  EXPECT_EQ(page_.users_size(), 100);
  EXPECT_TRUE(page_.more());
  ASSERT_THAT(Pull("", 1), IsOk());
  EXPECT_EQ(page_.users_size(), 1);
  ASSERT_THAT(Pull("", 1000), IsOk());
  EXPECT_FALSE(page_.more());
  for (const int limit : {-1, 1001}) {
    const grpc::Status status = Pull("", limit);
    EXPECT_THAT(status, IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
    EXPECT_THAT(FieldsOf(status), testing::ElementsAre("limit"));
  }
}

TEST_F(SyncApi, ACheckpointIsRefusedUnlessItIsOfThisHistory) {
  PushUsers("checkpoint", 1);
  ASSERT_THAT(Pull("", 1000), IsOk());
  const std::string good = page_.checkpoint();
  EXPECT_THAT(Pull(good, 1), IsOk());
  for (const std::string& odd : {std::string("x"), good + "A", good.substr(1)}) {
    EXPECT_THAT(Pull(odd, 1), IsError(StatusCode::INVALID_ARGUMENT, "TOKEN_MALFORMED")) << odd;
  }
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(good, &bytes));
  // A byte of the epoch, of the sequence and of the hash.
  for (const size_t place : {size_t{1}, bytes.size() - 9, bytes.size() - 1}) {
    std::string other = bytes;
    other[place] ^= 0x40;
    EXPECT_THAT(Pull(absl::WebSafeBase64Escape(other), 1),
                IsError(StatusCode::FAILED_PRECONDITION, "CHECKPOINT_DIVERGED"))
        << place;
  }
}

}  // namespace
}  // namespace usersync::tests
