// USERS_UPDATE loses what the store has taken in already: made anew by an operator, or put back to
// an older copy. What is published afterwards is taken in, all of it, once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/edited_line.h"

namespace usersync::tests {
namespace {

constexpr char kStream[] = "USERS_UPDATE";

class LostUpdates : public EditedLine {
 protected:
  bool HasStream() { return line_.streams().Info(kStream).ok(); }

  // Puts NATS back to a copy of its data; its sequences will be given again.
  void PutBack(const std::string& copy) {
    line_.nats().Terminate();
    CopyDirectory(copy, line_.nats().data());
    line_.nats().Start();
  }

  std::string Copy() {
    line_.nats().Terminate();
    const std::string copy = copies_.path() + "/nats";
    CopyDirectory(line_.nats().data(), copy);
    line_.nats().Start();
    return copy;
  }

  // All that was published is a version, once, however often the line starts again.
  void ExpectAllTakenInOnce() {
    crowd_->ExpectPromisesKept();
    EXPECT_EQ(line_.Head(), static_cast<int64_t>(author_->published().size()));
    line_.bridge().Kill9();
    line_.bridge().Start();
    EXPECT_TRUE(Eventually([&] { return line_.IsQuiet(); }));
    EXPECT_EQ(line_.Head(), static_cast<int64_t>(author_->published().size()));
  }

  const TempDir copies_;
};

TEST_F(LostUpdates, AStreamMadeAnewIsReadFromItsBeginningThoughThePositionIsAhead) {
  PublishAndSettle(50);
  Must(line_.streams().Delete(kStream));
  ASSERT_TRUE(Eventually([&] { return HasStream(); })) << "the bridge makes it again";
  PublishAndSettle(20);
  EXPECT_EQ(line_.streams().LastSequence(kStream), 20u);
  ExpectAllTakenInOnce();
}

TEST_F(LostUpdates, AStreamMadeAnewWhileNoBridgeRunsIsReadFromItsBeginning) {
  PublishAndSettle(10);
  line_.bridge().Terminate();
  Must(line_.streams().Delete(kStream));
  EXPECT_THAT(Must(line_.bridge().Run({"setup-streams"})),
              testing::HasSubstr("Created USERS_UPDATE stream\n"));
  // The message at the position's sequence is another one now.
  author_->PublishEdits(20, 4, "edited");
  line_.bridge().Start();
  ExpectAllTakenInOnce();
}

TEST_F(LostUpdates, ATailThatIsLostWhileTheBridgeRunsCostsNothingThatComesLater) {
  PublishAndSettle(30);
  const std::string copy = Copy();
  PublishAndSettle(20);
  PutBack(copy);
  ASSERT_EQ(line_.streams().LastSequence(kStream), 30u);
  PublishAndSettle(15);
  EXPECT_EQ(line_.streams().LastSequence(kStream), 45u);
  ExpectAllTakenInOnce();
}

TEST_F(LostUpdates, NothingIsSkippedAfterAPositionEarlyInItsSecond) {
  PublishAndSettle(30);
  const std::string copy = Copy();
  // A fraction with a zero in front, far enough from the next tenth.
  ASSERT_TRUE(Eventually([&] {
    PublishAndSettle(1);
    const int64_t nanos = line_.reader().Number("SELECT time_ns % 1000000000 FROM source");
    return nanos >= 60000000 && nanos < 100000000;
  }));
  PutBack(copy);
  PublishAndSettle(15);
  ExpectAllTakenInOnce();
}

TEST_F(LostUpdates, SequencesGivenAgainWithOtherTimesAreOtherMessages) {
  PublishAndSettle(30);
  const std::string copy = Copy();
  PublishAndSettle(20);
  line_.bridge().Kill9();
  PutBack(copy);
  author_->PublishEdits(40, 4, "edited");
  ASSERT_EQ(line_.streams().LastSequence(kStream), 70u);
  line_.bridge().Start();
  ExpectAllTakenInOnce();
}

}  // namespace
}  // namespace usersync::tests
