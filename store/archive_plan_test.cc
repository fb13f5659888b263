#include "store/archive_plan.h"

#include <gtest/gtest.h>

namespace usersync::store {
namespace {

// Ten full partitions, a part of the eleventh, and everything broadcast.
ArchiveState TenFull() {
  const int64_t head = 10 * kPartitionSize + 5;
  return {.head = head, .log_size = head, .broadcast = head};
}

TEST(ArchivePlan, KeepsTheNewestFullPartitions) {
  EXPECT_EQ(PlanArchive(TenFull(), {}).horizon, 6 * kPartitionSize);
  EXPECT_EQ(PlanArchive(TenFull(), {}).limit, "the newest 4 full partitions are kept");
  EXPECT_EQ(PlanArchive(TenFull(), {.keep = 0}).horizon, 10 * kPartitionSize);
  EXPECT_EQ(PlanArchive(TenFull(), {.keep = 11}).horizon, 0);
}

TEST(ArchivePlan, LeavesThePartitionOfTheNewestVersion) {
  ArchiveState state = TenFull();
  state.head = state.log_size = 10 * kPartitionSize;
  EXPECT_EQ(PlanArchive(state, {.keep = 0}).horizon, 9 * kPartitionSize);
  EXPECT_EQ(PlanArchive(ArchiveState{.broadcast = 0}, {.keep = 0}).horizon, 0);
}

TEST(ArchivePlan, StopsBeforeASequence) {
  const auto horizon = [](int64_t before) {
    return PlanArchive(TenFull(), {.keep = 0, .before = before}).horizon;
  };
  EXPECT_EQ(horizon(1), 0);
  EXPECT_EQ(horizon(kPartitionSize), 0);
  EXPECT_EQ(horizon(kPartitionSize + 1), kPartitionSize);
}

TEST(ArchivePlan, NeverPassesTheBroadcaster) {
  ArchiveState state = TenFull();
  state.broadcast = 3 * kPartitionSize - 1;
  EXPECT_EQ(PlanArchive(state, {.keep = 0}).horizon, 2 * kPartitionSize);
  EXPECT_EQ(PlanArchive(state, {.keep = 0}).limit,
            "the bridge has broadcast up to sequence 3145727");
  state.broadcast = 3 * kPartitionSize;
  EXPECT_EQ(PlanArchive(state, {.keep = 0}).horizon, 3 * kPartitionSize);
  state.broadcast = std::nullopt;
  EXPECT_EQ(PlanArchive(state, {.keep = 0}).horizon, 0);
  EXPECT_EQ(PlanArchive(state, {.keep = 0, .without_bridge = true}).horizon, 10 * kPartitionSize);
}

TEST(ArchivePlan, LeavesWhatTheAnswerToARetryShows) {
  ArchiveState state = TenFull();
  state.oldest_answer = 2 * kPartitionSize;
  EXPECT_EQ(PlanArchive(state, {.keep = 0}).horizon, kPartitionSize);
  state.oldest_answer = 2 * kPartitionSize + 1;
  EXPECT_EQ(PlanArchive(state, {.keep = 0}).horizon, 2 * kPartitionSize);
}

TEST(ArchivePlan, LeavesWhatIsNotInTheLog) {
  ArchiveState state = TenFull();
  state.log_size = kPartitionSize + 1;
  EXPECT_EQ(PlanArchive(state, {.keep = 0}).horizon, kPartitionSize);
}

TEST(ArchivePlan, NeverGoesBack) {
  ArchiveState state = TenFull();
  state.horizon = 7 * kPartitionSize;
  EXPECT_EQ(PlanArchive(state, {}).horizon, 7 * kPartitionSize);
}

}  // namespace
}  // namespace usersync::store
