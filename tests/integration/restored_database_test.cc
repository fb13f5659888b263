// PostgreSQL is restored from an older copy while NATS keeps what came later.
#include <gtest/gtest.h>

#include "common/status.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/edited_line.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {
namespace {

class RestoredDatabase : public EditedLine {
 protected:
  // As a crash leaves it, which is what a file system's snapshot holds.
  std::string Copy() {
    line_.postgres().Kill9();
    const std::string copy = copies_.path() + "/pgdata";
    CopyDirectory(line_.postgres().data(), copy);
    line_.postgres().Start();
    return copy;
  }

  void PutBack(const std::string& copy) {
    line_.postgres().Kill9();
    CopyDirectory(copy, line_.postgres().data());
    line_.postgres().Start();
  }

  // The checkpoint of a sequence, as it was broadcast last.
  std::string CheckpointOf(int64_t seq) {
    std::string checkpoint;
    for (const Told& told : ReadBroadcasts(line_)) {
      if (told.seq == seq) checkpoint = told.checkpoint;
    }
    return checkpoint;
  }

  grpc::Status Pull(const std::string& checkpoint) {
    StoreStub stub = line_.Stub("bridge");
    users::v1::PullRequest request;
    request.set_checkpoint(checkpoint);
    users::v1::PullResponse response;
    return stub.sync().Pull(stub.Context().get(), request, &response);
  }

  const TempDir copies_;
};

TEST_F(RestoredDatabase, LostMutationsComeBackByThemselvesAndEverybodyConverges) {
  PublishAndSettle(30);
  const std::string copy = Copy();
  PublishAndSettle(20);
  Watcher& watcher = crowd_->AddWatcher();
  Browser& browser = crowd_->AddBrowser("alice");
  crowd_->Settle();
  const std::string kept = CheckpointOf(30);
  const std::string lost = CheckpointOf(50);
  const uint64_t broadcasts = line_.streams().LastSequence("USERS_BROADCAST");
  PutBack(copy);
  // Nobody publishes: the bridge notices by itself that the position has gone back.
  ASSERT_TRUE(Eventually([&] { return line_.Head() == 50; })) << line_.Head();
  crowd_->Settle();
  EXPECT_THAT(Pull(kept), IsOk());
  EXPECT_THAT(Pull(lost), IsError(grpc::StatusCode::FAILED_PRECONDITION, "CHECKPOINT_DIVERGED"));
  EXPECT_EQ(line_.streams().LastSequence("USERS_BROADCAST"), broadcasts + 20)
      << "broadcasting goes on after the newest change that the store still knows";
  EXPECT_GE(watcher.divergences(), 1);
  EXPECT_GE(browser.divergences(), 1);
  PublishAndSettle(10);
  crowd_->ExpectPromisesKept();
}

TEST_F(RestoredDatabase, IsNoticedByServicesThatStartOnlyAfterwards) {
  PublishAndSettle(20);
  const std::string copy = Copy();
  PublishAndSettle(20);
  const std::string lost = CheckpointOf(40);
  line_.bridge().Kill9();
  line_.store().Kill9();
  // More than was lost: the head will have passed the lost checkpoints when somebody looks.
  author_->PublishEdits(40, 4, "edited");
  PutBack(copy);
  line_.StartServices();
  crowd_->Settle();
  EXPECT_EQ(line_.Head(), 80);
  EXPECT_THAT(Pull(lost), IsError(grpc::StatusCode::FAILED_PRECONDITION, "CHECKPOINT_DIVERGED"));
  crowd_->ExpectPromisesKept();
}

TEST_F(RestoredDatabase, AMutationWithAnIdHasTheSameOutcomeAgain) {
  const auto alice = line_.Client("alice");
  const auto receipts = Must(alice->Subscribe("users.receipt.alice.>"));
  const auto publish = [&](const std::string& mutation_id, const std::string& status) {
    const nlohmann::json mutation = {{"mutation_id", mutation_id},
                                     {"document", MakeDocument("careful", status)},
                                     {"assumed", nullptr}};
    Must(alice->Publish({.subject = "users.update.alice",
                         .payload = mutation.dump(),
                         .headers = {{"Users-Receipt", "t"}}}));
    return nlohmann::json::parse(Must(receipts->Next(kPatience)).payload);
  };
  PublishAndSettle(5);
  const std::string copy = Copy();
  const nlohmann::json applied = publish("m-1", "first");
  const nlohmann::json conflict = publish("m-2", "second");
  EXPECT_EQ(applied["outcome"], "APPLIED");
  EXPECT_EQ(conflict["outcome"], "CONFLICT");
  PutBack(copy);
  for (const nlohmann::json& first : {applied, conflict}) {
    const nlohmann::json again = nlohmann::json::parse(Must(receipts->Next(kPatience)).payload);
    EXPECT_EQ(again, first) << "as if for the first time";
  }
  nlohmann::json replayed = publish("m-1", "first");
  EXPECT_TRUE(replayed["replayed"].get<bool>());
  replayed.erase("replayed");
  nlohmann::json expected = applied;
  expected.erase("replayed");
  EXPECT_EQ(replayed, expected);
}

}  // namespace
}  // namespace usersync::tests
