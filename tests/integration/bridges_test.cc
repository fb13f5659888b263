// Two bridges: one works, one waits. The working one dies, or freezes and comes back to a world
// that went on without it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/guarantees/guarantees.h"
#include "tests/harness/eventually.h"
#include "tests/traffic/crowd.h"

namespace usersync::tests {
namespace {

class TwoBridges : public testing::Test {
 protected:
  TwoBridges() {
    line_.Start();
    crowd_ = std::make_unique<Crowd>(line_);
    crowd_->AddAuthor({.actor = "alice", .seed = 1});
    crowd_->AddAuthor({.actor = "bob", .seed = 2});
    plain_ = &crowd_->AddPlainAuthor();
  }

  // Those who live take in what was published, and broadcast what was committed.
  void AwaitTheOther() {
    plain_->PublishEdits(100, 3, "plain");
    const auto published = static_cast<int64_t>(line_.streams().LastSequence("USERS_UPDATE"));
    EXPECT_TRUE(Eventually([&] { return line_.Position() >= published; }));
    const int64_t head = line_.Head();
    EXPECT_TRUE(Eventually([&] { return line_.Broadcast() >= head; }));
  }

  void ExpectEverythingKept() {
    crowd_->ExpectPromisesKept();
    EXPECT_THAT(Complete(crowd_->Gather()), testing::IsEmpty());
  }

  Line line_{{.bridges = 2}};
  std::unique_ptr<Crowd> crowd_;
  PlainAuthor* plain_ = nullptr;
};

// The one that is killed has been alone since the other died: it is the working one.
TEST_F(TwoBridges, WhicheverWorksIsKilledAndTheOtherGoesOn) {
  for (int round = 0; round < 4; ++round) {
    Bridge& victim = line_.bridge(round % 2);
    crowd_->AwaitAnswers(100);
    plain_->PublishEdits(200, 3, "plain");
    victim.Kill9();
    AwaitTheOther();
    victim.Begin();
  }
  ExpectEverythingKept();
}

TEST_F(TwoBridges, WhicheverWorksFreezesUntilItIsReplacedAndDoesNoHarmWhenItWakes) {
  for (int round = 0; round < 3; ++round) {
    Bridge& victim = line_.bridge(round % 2);
    crowd_->AwaitAnswers(100);
    plain_->PublishEdits(200, 3, "plain");
    victim.Pause();
    AwaitTheOther();
    victim.Resume();
    plain_->PublishEdits(200, 3, "plain");
  }
  ExpectEverythingKept();
}

// Each is frozen with work in its hands, and wakes when the other has none.
TEST_F(TwoBridges, FreezeInTurn) {
  for (int round = 0; round < 4; ++round) {
    Bridge& frozen = line_.bridge(round % 2);
    plain_->PublishEdits(200, 3, "plain");
    frozen.Pause();
    line_.bridge(1 - round % 2).Resume();
    AwaitTheOther();
  }
  line_.bridge(1).Resume();
  ExpectEverythingKept();
}

}  // namespace
}  // namespace usersync::tests
