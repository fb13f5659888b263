// Two stores on one database. Both are asked for everything at once, and both tell the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/guarantees/guarantees.h"
#include "tests/traffic/crowd.h"

namespace usersync::tests {
namespace {

class TwoStores : public testing::Test {
 protected:
  TwoStores() {
    line_.Start();
    crowd_ = std::make_unique<Crowd>(line_);
    crowd_->AddWatcher({1});
    crowd_->AddWatcher({1, 0});
    crowd_->AddAuthor({.actor = "alice", .seed = 1});
    crowd_->AddAuthor({.actor = "bob", .seed = 2});
    crowd_->AddPusher({.actor = "carol", .seed = 3}, {0});
    crowd_->AddPusher({.actor = "dave", .seed = 4}, {1});
    crowd_->AddPusher({.actor = "erin", .seed = 5}, {0, 1});
    plain_ = &crowd_->AddPlainAuthor();
  }

  void ExpectEverythingKept() {
    crowd_->ExpectPromisesKept();
    EXPECT_THAT(Complete(crowd_->Gather()), testing::IsEmpty());
  }

  Line line_{{.stores = 2, .bridges = 2}};
  std::unique_ptr<Crowd> crowd_;
  PlainAuthor* plain_ = nullptr;
};

TEST_F(TwoStores, MakeOneDenseSequenceOfWhatBothAreAskedFor) {
  for (int round = 0; round < 10; ++round) {
    crowd_->AwaitAnswers(500);
    plain_->PublishEdits(100, 3, "plain");
  }
  ExpectEverythingKept();
}

TEST_F(TwoStores, DieInTurnAndTheOtherGoesOn) {
  for (int round = 0; round < 8; ++round) {
    Store& victim = line_.store(round % 2);
    crowd_->AwaitAnswers(300);
    plain_->PublishEdits(200, 3, "plain");
    victim.Kill9();
    crowd_->AwaitAnswers(300);
    victim.Begin();
  }
  ExpectEverythingKept();
}

}  // namespace
}  // namespace usersync::tests
