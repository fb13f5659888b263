#include "bridge/guarded_publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "bridge/testing/eventually.h"
#include "bridge/testing/fake_broadcast_stream.h"

namespace usersync::bridge {
namespace {

using testing::ElementsAre;

users::v1::Change ChangeOf(int64_t sequence) {
  users::v1::Change change;
  change.set_checkpoint(absl::StrCat("cp-", sequence));
  change.mutable_version()->set_sequence(sequence);
  return change;
}

class GuardedPublisherTest : public testing::Test {
 protected:
  absl::Status Publish(int64_t first, int64_t last) {
    for (int64_t sequence = first; sequence <= last; ++sequence) {
      auto status = publisher_.Publish(ChangeOf(sequence), "epoch", {.last = sequence == last});
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  FakeBroadcasts broadcasts_;
  FakeBroadcastStream stream_{broadcasts_};
  GuardedPublisher publisher_{
      {.window = 40, .ask_every = 16, .answer_timeout = absl::Milliseconds(200)}, stream_};
};

TEST_F(GuardedPublisherTest, ExpectsTheSequenceThatTheMessagesBeforeLeave) {
  broadcasts_.Add({"cp-6", 6});
  publisher_.Begin(1, 6);
  EXPECT_EQ(publisher_.last_change(), 6);
  ASSERT_TRUE(Publish(7, 9).ok());
  ASSERT_TRUE(publisher_.Drain().ok());
  EXPECT_THAT(stream_.published(), ElementsAre(1, 2, 3));
  EXPECT_THAT(broadcasts_.changes(), ElementsAre(6, 7, 8, 9));
  EXPECT_EQ(publisher_.last_sequence(), 4u);
  EXPECT_EQ(publisher_.last_change(), 9);
}

TEST_F(GuardedPublisherTest, AsksForTheFirstAnswerEverySixteenthAndTheLast) {
  publisher_.Begin(0, 0);
  ASSERT_TRUE(Publish(1, 1).ok());
  EXPECT_EQ(stream_.asked(), 1);
  ASSERT_TRUE(Publish(2, 35).ok());
  EXPECT_EQ(stream_.asked(), 1 + 2 + 1);
  ASSERT_TRUE(publisher_.Drain().ok());
  EXPECT_EQ(publisher_.last_sequence(), 35u);
}

TEST_F(GuardedPublisherTest, WaitsWhileTheWindowIsFull) {
  stream_.Hold();
  publisher_.Begin(0, 0);
  std::atomic<bool> done = false;
  std::thread publishing([&] {
    EXPECT_TRUE(Publish(1, 41).ok());
    done = true;
  });
  EXPECT_TRUE(Eventually([&] { return stream_.published().size() == 40; }));
  EXPECT_FALSE(done);
  stream_.Release();
  publishing.join();
  EXPECT_TRUE(publisher_.Drain().ok());
  EXPECT_EQ(broadcasts_.last(), 41u);
}

TEST_F(GuardedPublisherTest, PublishesNothingMoreOnceTheGuardIsLost) {
  publisher_.Begin(0, 0);
  ASSERT_TRUE(Publish(1, 1).ok());
  broadcasts_.Add({"cp-2", 2});
  (void)Publish(2, 2);
  EXPECT_TRUE(absl::IsAborted(publisher_.Drain()));
  EXPECT_TRUE(absl::IsAborted(Publish(3, 3)));
  EXPECT_THAT(broadcasts_.changes(), ElementsAre(1, 2));
  // It had stored something before: it was there first.
  EXPECT_FALSE(publisher_.has_lost());
  publisher_.Begin(2, 2);
  EXPECT_TRUE(Publish(3, 3).ok());
}

TEST_F(GuardedPublisherTest, HasLostWhenItsFirstMessageIsNotStored) {
  broadcasts_.RememberIds(true);
  publisher_.Begin(0, 0);
  broadcasts_.Add({"cp-1", 1});
  (void)Publish(1, 1);
  EXPECT_TRUE(absl::IsAborted(publisher_.Drain()));
  EXPECT_TRUE(publisher_.has_lost());
}

TEST_F(GuardedPublisherTest, TakesADuplicateForNotStored) {
  broadcasts_.RememberIds(true);
  publisher_.Begin(0, 0);
  ASSERT_TRUE(Publish(1, 1).ok());
  broadcasts_.Purge();
  publisher_.Begin(1, 0);
  (void)Publish(1, 1);
  EXPECT_TRUE(absl::IsAlreadyExists(publisher_.Drain()));
  EXPECT_EQ(publisher_.last_sequence(), 1u);
}

TEST_F(GuardedPublisherTest, WaitsForAllAnswersEvenAfterABadOne) {
  publisher_.Begin(7, 7);
  stream_.Hold();
  ASSERT_TRUE(Publish(8, 8).ok());
  ASSERT_TRUE(Publish(9, 9).ok());
  std::atomic<bool> drained = false;
  std::thread draining([&] {
    (void)publisher_.Drain();
    drained = true;
  });
  EXPECT_FALSE(drained);
  stream_.Release();
  draining.join();
  EXPECT_TRUE(absl::IsAborted(publisher_.status()));
}

TEST_F(GuardedPublisherTest, MissesAnAnswerThatDoesNotCome) {
  stream_.Hold();
  publisher_.Begin(0, 0);
  ASSERT_TRUE(Publish(1, 1).ok());
  EXPECT_TRUE(absl::IsUnavailable(publisher_.Drain()));
  EXPECT_FALSE(publisher_.has_lost());
  // Late answers of this run do not count for the next.
  publisher_.Begin(1, 1);
  stream_.Release();
  EXPECT_TRUE(publisher_.status().ok());
  EXPECT_EQ(publisher_.last_sequence(), 1u);
}

}  // namespace
}  // namespace usersync::bridge
