// PostgreSQL dies (-9) under load and comes back; or stays away for long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/guarantees/guarantees.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/traffic/crowd.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {
namespace {

constexpr int kRounds = 6;

// Longer than the store tries a batch again by itself, so that the bridge must.
constexpr absl::Duration kLongAbsence = absl::Seconds(11);

class PostgresDies : public testing::Test {
 protected:
  PostgresDies() { line_.Start(); }

  // Whether a lone update is answered without anybody asking twice.
  bool AnswersALoneUpdate(const std::string& id) {
    const auto client = line_.Client("alice");
    const auto receipts = Must(client->Subscribe("users.receipt.alice.lone"));
    Must(client->Publish({.subject = "users.update.alice",
                          .payload = MakeDocument(id).dump(),
                          .headers = {{"Users-Receipt", "lone"}}}));
    const auto receipt = receipts->Next(kPatience);
    return receipt.ok() && nlohmann::json::parse(receipt->payload)["outcome"] == "APPLIED";
  }

  Line line_;
};

TEST_F(PostgresDies, AgainAndAgainUnderLoadAndNothingIsLost) {
  Crowd crowd(line_);
  crowd.AddAuthor({.actor = "alice", .seed = 1});
  crowd.AddAuthor({.actor = "bob", .seed = 2});
  PlainAuthor& plain = crowd.AddPlainAuthor();
  for (int round = 0; round < kRounds; ++round) {
    crowd.AwaitAnswers(100);
    plain.PublishEdits(200, 3, "plain");
    line_.postgres().Kill9();
    plain.PublishEdits(200, 3, "plain");
    line_.postgres().Start();
  }
  crowd.AwaitAnswers(100);
  crowd.ExpectPromisesKept();
  EXPECT_THAT(Complete(crowd.Gather()), testing::IsEmpty());
}

TEST_F(PostgresDies, AndStaysAwayForLongAndEveryEditWaitsInItsPlace) {
  Crowd crowd(line_);
  PlainAuthor& plain = crowd.AddPlainAuthor();
  plain.PublishEdits(300, 3, "plain");
  line_.postgres().Kill9();
  const absl::Time comes_back = absl::Now() + kLongAbsence;
  while (absl::Now() < comes_back) {
    plain.PublishEdits(100, 3, "plain");
    absl::SleepFor(absl::Seconds(1));
  }
  line_.postgres().Start();
  EXPECT_TRUE(AnswersALoneUpdate("lone"));
  crowd.ExpectPromisesKept();
  EXPECT_THAT(Complete(crowd.Gather()), testing::IsEmpty());
}

TEST_F(PostgresDies, WhileTheLineIsIdleAndALoneUpdateIsAnsweredAfterwards) {
  Crowd crowd(line_);
  EXPECT_TRUE(AnswersALoneUpdate("before"));
  line_.postgres().Kill9();
  line_.postgres().Start();
  EXPECT_TRUE(AnswersALoneUpdate("after"));
  crowd.ExpectPromisesKept();
}

}  // namespace
}  // namespace usersync::tests
