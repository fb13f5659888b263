#include "store/change_ring.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace usersync::store {
namespace {

ChangePointer MakeTestChange(int64_t sequence) {
  FeedChange change;
  change.change.mutable_version()->set_sequence(sequence);
  change.change.set_checkpoint(absl::StrCat("c", sequence));
  return std::make_shared<const FeedChange>(std::move(change));
}

ChangeRing RingUpTo(int64_t head, ChangeRing::Options options = {}) {
  ChangeRing ring(options);
  for (int64_t i = 1; i <= head; ++i) ring.Append(MakeTestChange(i));
  return ring;
}

TEST(ChangeRing, HandsOutWhatFollowsAPosition) {
  const ChangeRing ring = RingUpTo(5);
  const auto page = ring.After(2, 100, 1 << 20);
  ASSERT_EQ(page.size(), 3u);
  EXPECT_EQ(page.front()->sequence(), 3);
  EXPECT_EQ(page.back()->sequence(), 5);
  EXPECT_TRUE(ring.After(5, 100, 1 << 20).empty());
  EXPECT_EQ(ring.head_checkpoint(), "c5");
}

TEST(ChangeRing, CutsAPageByCountAndBytesButNeverToNothing) {
  const ChangeRing ring = RingUpTo(5);
  EXPECT_EQ(ring.After(0, 2, 1 << 20).size(), 2u);
  EXPECT_EQ(ring.After(0, 100, 1).size(), 1u);
}

TEST(ChangeRing, ForgetsTheOldestAndSaysSo) {
  const ChangeRing ring = RingUpTo(10, {.count_limit = 3});
  EXPECT_TRUE(ring.Covers(7));
  EXPECT_FALSE(ring.Covers(6));
  EXPECT_EQ(ring.After(7, 100, 1 << 20).size(), 3u);
  EXPECT_EQ(ring.Find(7), nullptr);
  EXPECT_EQ(ring.Find(8)->change.checkpoint(), "c8");
  EXPECT_EQ(ring.Find(11), nullptr);
}

TEST(ChangeRing, BeginsAgainAtAnotherHead) {
  ChangeRing ring = RingUpTo(10);
  ring.Reset(4, "other");
  EXPECT_EQ(ring.head(), 4);
  EXPECT_EQ(ring.head_checkpoint(), "other");
  EXPECT_FALSE(ring.Covers(3));
  EXPECT_TRUE(ring.Covers(4));
  ring.Append(MakeTestChange(5));
  EXPECT_EQ(ring.After(4, 100, 1 << 20).size(), 1u);
}

TEST(ChangeRing, ForgetsTheContentOfAUserWhoIsErased) {
  ChangeRing ring({});
  const auto append = [&](int64_t sequence, const std::string& id, users::v1::Action action) {
    FeedChange change = *MakeTestChange(sequence);
    users::v1::Version& version = *change.change.mutable_version();
    version.set_user_id(id);
    version.set_action(action);
    version.set_reason("private");
    version.set_mutation_id("m");
    version.add_conflicts()->set_field("email");
    version.mutable_user()->set_email("ann@example.com");
    change.before = version.user();
    change.proof.set_body_salt("salt");
    change.proof.set_hash("hash");
    ring.Append(std::make_shared<const FeedChange>(std::move(change)));
  };
  append(1, "u1", users::v1::ACTION_CREATE);
  append(2, "u2", users::v1::ACTION_CREATE);
  append(3, "u1", users::v1::ACTION_ERASE);
  const FeedChange erased = *ring.Find(1);
  EXPECT_EQ(erased.change.ShortDebugString(),
            R"(version { sequence: 1 user_id: "u1" action: ACTION_CREATE } checkpoint: "c1")");
  EXPECT_EQ(erased.proof.ShortDebugString(), R"(hash: "hash")");
  EXPECT_FALSE(erased.before.has_value());
  EXPECT_TRUE(erased.knows_before);
  EXPECT_TRUE(ring.Find(2)->version().has_user());
  EXPECT_TRUE(ring.Find(3)->version().has_user());
}

}  // namespace
}  // namespace usersync::store
