// SIGTERM under load: what is begun is finished, every receipt is delivered though nobody asks
// twice, and the process leaves in time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/guarantees/guarantees.h"
#include "tests/traffic/crowd.h"

namespace usersync::tests {
namespace {

constexpr int kRounds = 6;

// So a receipt that is lost stays lost.
constexpr absl::Duration kNeverAgain = absl::Hours(1);

class Shutdown : public testing::Test {
 protected:
  void StopAgainAndAgain(Server& server) {
    line_.Start();
    Crowd crowd(line_);
    crowd.AddAuthor({.actor = "alice", .seed = 1, .patience = kNeverAgain});
    crowd.AddAuthor({.actor = "bob", .seed = 2, .patience = kNeverAgain});
    PlainAuthor& plain = crowd.AddPlainAuthor();
    for (int round = 0; round < kRounds; ++round) {
      crowd.AwaitAnswers(100);
      plain.PublishEdits(500, 3, "plain");
      EXPECT_EQ(server.Terminate(), 0);
      plain.PublishEdits(100, 3, "plain");
      server.Start();
    }
    crowd.AwaitAnswers(100);
    crowd.ExpectPromisesKept();
    EXPECT_THAT(Complete(crowd.Gather()), testing::IsEmpty());
  }

  Line line_;
};

TEST_F(Shutdown, OfTheBridgeLosesNoReceipt) { StopAgainAndAgain(line_.bridge()); }

TEST_F(Shutdown, OfTheStoreLosesNoReceipt) {
  // Longer than Terminate waits: open streams must not hold it up.
  line_.store().SetVariable("USERSYNC_DRAIN_TIMEOUT", "10m");
  StopAgainAndAgain(line_.store());
}

TEST_F(Shutdown, OfBothWhileTheDatabaseIsAwayIsInTimeTooAndNothingIsLost) {
  line_.Start();
  Crowd crowd(line_);
  PlainAuthor& plain = crowd.AddPlainAuthor();
  plain.PublishEdits(500, 3, "plain");
  line_.postgres().Kill9();
  plain.PublishEdits(500, 3, "plain");
  EXPECT_EQ(line_.store().Terminate(), 0);
  EXPECT_EQ(line_.bridge().Terminate(), 0);
  line_.postgres().Start();
  line_.store().Start();
  line_.bridge().Start();
  crowd.ExpectPromisesKept();
  EXPECT_THAT(Complete(crowd.Gather()), testing::IsEmpty());
}

}  // namespace
}  // namespace usersync::tests
