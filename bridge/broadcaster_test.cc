#include "bridge/broadcaster.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "bridge/testing/eventually.h"
#include "bridge/testing/fake_broadcast_stream.h"
#include "bridge/testing/fake_store.h"

namespace usersync::bridge {
namespace {

// A bridge's half that hands out, on a thread of its own.
class Giver {
 public:
  Giver(FakeBroadcasts& broadcasts, FakeStore& store, int64_t stream_bytes = 1 << 30)
      : stream_(broadcasts),
        broadcaster_({.heartbeat = absl::Milliseconds(10),
                      .quiet_check = absl::Milliseconds(10),
                      .standby_check = absl::Milliseconds(5),
                      .takeover_after = absl::Milliseconds(50),
                      .stream_bytes = stream_bytes,
                      .backoff = {.first = absl::Milliseconds(1), .most = absl::Milliseconds(5)},
                      .publisher = {.window = 64, .answer_timeout = absl::Milliseconds(200)}},
                     stream_, store, counters_),
        thread_([this] { broadcaster_.Run(); }) {}

  ~Giver() {
    broadcaster_.Stop();
    thread_.join();
  }

  FakeBroadcastStream& stream() { return stream_; }
  uint64_t standbys() { return counters_.broadcaster_standbys.value(); }

 private:
  FakeBroadcastStream stream_;
  Counters counters_;
  Broadcaster broadcaster_;
  std::thread thread_;
};

std::vector<int64_t> Range(int64_t first, int64_t last) {
  std::vector<int64_t> range(last - first + 1);
  std::iota(range.begin(), range.end(), first);
  return range;
}

class BroadcasterTest : public testing::Test {
 protected:
  bool Broadcast(const std::vector<int64_t>& expected) {
    return Eventually([&] { return broadcasts_.changes() == expected; });
  }
  // Whether the store hears in the end that this was broadcast.
  bool IsReported(int64_t sequence) {
    return Eventually([&] {
      const auto reports = store_.broadcasts();
      return !reports.empty() && reports.back() == sequence;
    });
  }

  FakeStore store_;
  FakeBroadcasts broadcasts_;
};

TEST_F(BroadcasterTest, CarriesEveryChangeOnceInOrder) {
  store_.Commit(100);
  Giver giver(broadcasts_, store_);
  EXPECT_TRUE(Broadcast(Range(1, 100)));
  for (int i = 0; i < 20; ++i) store_.Commit(7);
  EXPECT_TRUE(Broadcast(Range(1, 240)));
}

TEST_F(BroadcasterTest, TellsTheStoreHowFarItHasCome) {
  store_.Commit(30);
  {
    Giver giver(broadcasts_, store_);
    ASSERT_TRUE(Broadcast(Range(1, 30)));
    EXPECT_TRUE(IsReported(30));
    store_.Commit(1);
    EXPECT_TRUE(IsReported(31));
  }
  // Before anything of the feed is asked for: nothing of that may be archived meanwhile.
  EXPECT_EQ(store_.broadcasts().front(), 0);
  const size_t reports = store_.broadcasts().size();
  Giver giver(broadcasts_, store_);
  EXPECT_TRUE(Eventually([&] { return store_.broadcasts().size() > reports; }));
  EXPECT_EQ(store_.broadcasts()[reports], 31);
}

TEST_F(BroadcasterTest, GoesBackWithAnEmptiedStream) {
  store_.Commit(30);
  Giver giver(broadcasts_, store_);
  EXPECT_TRUE(IsReported(30));
  const size_t reports = store_.broadcasts().size();
  broadcasts_.Purge();
  ASSERT_TRUE(Broadcast(Range(1, 30)));
  const auto all = store_.broadcasts();
  EXPECT_NE(std::find(all.begin() + reports, all.end(), 0), all.end());
}

TEST_F(BroadcasterTest, GoesOnWhereTheStreamEnds) {
  store_.Commit(10);
  {
    Giver giver(broadcasts_, store_);
    ASSERT_TRUE(Broadcast(Range(1, 10)));
  }
  store_.Commit(10);
  Giver giver(broadcasts_, store_);
  EXPECT_TRUE(Broadcast(Range(1, 20)));
}

TEST_F(BroadcasterTest, FillsAPurgedStreamAgain) {
  broadcasts_.RememberIds(true);
  store_.Commit(30);
  Giver giver(broadcasts_, store_);
  ASSERT_TRUE(Broadcast(Range(1, 30)));
  // At first the stream still remembers the ids, and stores nothing.
  broadcasts_.Purge();
  EXPECT_TRUE(Eventually([&] { return giver.stream().published().size() > 31; }));
  broadcasts_.RememberIds(false);
  EXPECT_TRUE(Broadcast(Range(1, 30)));
  store_.Commit(5);
  EXPECT_TRUE(Broadcast(Range(1, 35)));
}

TEST_F(BroadcasterTest, DoesNotFillInWhatWouldFallOutAgain) {
  store_.Commit(100);
  // Room for at most ten.
  Giver giver(broadcasts_, store_, 3000);
  EXPECT_TRUE(Broadcast(Range(91, 100)));
}

TEST_F(BroadcasterTest, GoesOnInTheHistoryThatARestoredDatabaseHas) {
  store_.Commit(50);
  Giver giver(broadcasts_, store_);
  ASSERT_TRUE(Broadcast(Range(1, 50)));
  store_.Restore({}, 40);
  store_.Commit(5);
  std::vector<int64_t> expected = Range(1, 50);
  const auto again = Range(41, 45);
  expected.insert(expected.end(), again.begin(), again.end());
  EXPECT_TRUE(Broadcast(expected));
  EXPECT_EQ(broadcasts_.marks()[51].checkpoint, store_.CheckpointOf(41));
}

TEST_F(BroadcasterTest, NeverMixesTwoOfThem) {
  for (const bool remembers_ids : {false, true}) {
    broadcasts_.RememberIds(remembers_ids);
    auto first = std::make_unique<Giver>(broadcasts_, store_);
    auto second = std::make_unique<Giver>(broadcasts_, store_);
    for (int i = 0; i < 100; ++i) store_.Commit(3);
    ASSERT_TRUE(Eventually([&] { return broadcasts_.changes().size() == store_.head(); }));
    EXPECT_EQ(broadcasts_.changes(), Range(1, store_.head()));
    // The one that works dies: the other takes over.
    ((first->standbys() == 0) ? first : second).reset();
    for (int i = 0; i < 10; ++i) store_.Commit(3);
    ASSERT_TRUE(Eventually([&] { return broadcasts_.changes().size() == store_.head(); }));
    EXPECT_EQ(broadcasts_.changes(), Range(1, store_.head()));
  }
}

TEST_F(BroadcasterTest, SaysWhatItBroadcastLast) {
  store_.Commit(12);
  Giver giver(broadcasts_, store_);
  EXPECT_TRUE(Eventually([&] {
    const auto beats = giver.stream().beats();
    return !beats.empty() && beats.back() == 12;
  }));
  const auto beats = giver.stream().beats();
  EXPECT_TRUE(std::is_sorted(beats.begin(), beats.end()));
}

}  // namespace
}  // namespace usersync::bridge
