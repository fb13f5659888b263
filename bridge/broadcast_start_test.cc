#include "bridge/broadcast_start.h"

#include <gtest/gtest.h>

#include "bridge/testing/fake_broadcast_stream.h"
#include "bridge/testing/fake_store.h"

namespace usersync::bridge {
namespace {

class BroadcastStartTest : public testing::Test {
 protected:
  // Broadcasts the store's changes first … last.
  void Broadcast(int64_t first, int64_t last) {
    for (int64_t i = first; i <= last; ++i) broadcasts_.Add({store_.CheckpointOf(i), i});
  }

  BroadcastStart Find() {
    const auto start = FindBroadcastStart(stream_, store_);
    EXPECT_TRUE(start.ok());
    return start.value_or(BroadcastStart{});
  }

  FakeStore store_;
  FakeBroadcasts broadcasts_;
  FakeBroadcastStream stream_{broadcasts_};
};

TEST_F(BroadcastStartTest, IsTheOldestChangeInAnEmptyStream) {
  store_.Commit(5);
  EXPECT_EQ(Find().last_sequence, 0u);
  EXPECT_EQ(Find().mark.checkpoint, "");
  Broadcast(1, 5);
  broadcasts_.Purge();
  EXPECT_EQ(Find().last_sequence, 5u);
  EXPECT_EQ(Find().mark.checkpoint, "");
}

TEST_F(BroadcastStartTest, IsTheLastMessageAsARule) {
  store_.Commit(9);
  Broadcast(1, 7);
  EXPECT_EQ(Find().last_sequence, 7u);
  EXPECT_EQ(Find().mark.sequence, 7);
}

TEST_F(BroadcastStartTest, IsTheNewestMessageOfTheHistoryThatTheStoreHas) {
  for (const int kept : {0, 1, 2, 50, 98, 99}) {
    FakeStore store;
    FakeBroadcasts broadcasts;
    FakeBroadcastStream stream(broadcasts);
    store.Commit(100);
    for (int i = 1; i <= 100; ++i) broadcasts.Add({store.CheckpointOf(i), i});
    store.Restore({}, kept);
    store.Commit(30);
    const auto start = FindBroadcastStart(stream, store);
    ASSERT_TRUE(start.ok());
    EXPECT_EQ(start->last_sequence, 100u);
    EXPECT_EQ(start->mark.sequence, kept);
  }
}

TEST_F(BroadcastStartTest, IsBehindWhatWasBroadcastSinceARestore) {
  store_.Commit(100);
  Broadcast(1, 100);
  store_.Restore({}, 20);
  store_.Commit(60);
  Broadcast(21, 80);
  store_.Restore({}, 70);
  EXPECT_EQ(Find().last_sequence, 160u);
  EXPECT_EQ(Find().mark.sequence, 70);
}

TEST_F(BroadcastStartTest, PassesOverWhatSaysNothing) {
  store_.Commit(10);
  Broadcast(1, 10);
  broadcasts_.Delete(10);
  broadcasts_.Delete(9);
  EXPECT_EQ(Find().mark.sequence, 8);
  broadcasts_.Add({"", 0});
  EXPECT_EQ(Find().last_sequence, 11u);
  EXPECT_EQ(Find().mark.sequence, 8);
}

TEST_F(BroadcastStartTest, KnowsWhetherTheFeedIsAhead) {
  store_.Commit(10);
  EXPECT_TRUE(*HasChangesAfter(store_, ""));
  EXPECT_TRUE(*HasChangesAfter(store_, store_.CheckpointOf(9)));
  EXPECT_FALSE(*HasChangesAfter(store_, store_.CheckpointOf(10)));
  EXPECT_TRUE(*HasChangesAfter(store_, "of another history"));
}

}  // namespace
}  // namespace usersync::bridge
