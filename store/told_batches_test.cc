#include "store/told_batches.h"

#include <gtest/gtest.h>

namespace usersync::store {
namespace {

constexpr absl::Time kNow = absl::UnixEpoch();

ToldBatch Through(int64_t sequence) { return {.sequence = sequence}; }

TEST(ToldBatches, RemembersABatchByWhereItBeginsAndWhatItTells) {
  ToldBatches batches({});
  batches.Add({.generation = 1, .after = 5}, Through(9), kNow);
  batches.Add({.generation = 1, .after = 5, .view = {.include_before = true}}, Through(8), kNow);
  EXPECT_EQ(batches.Find({.generation = 1, .after = 5}, kNow)->sequence, 9);
  EXPECT_EQ(
      batches.Find({.generation = 1, .after = 5, .view = {.include_before = true}}, kNow)->sequence,
      8);
  EXPECT_FALSE(batches.Find({.generation = 2, .after = 5}, kNow).has_value());
  EXPECT_FALSE(batches.Find({.generation = 1, .after = 6}, kNow).has_value());
}

TEST(ToldBatches, ForgetsWhatIsOld) {
  ToldBatches batches({.life = absl::Seconds(1)});
  batches.Add({.after = 5}, Through(9), kNow);
  EXPECT_TRUE(batches.Find({.after = 5}, kNow + absl::Seconds(1)).has_value());
  EXPECT_FALSE(batches.Find({.after = 5}, kNow + absl::Seconds(2)).has_value());
}

TEST(ToldBatches, ForgetsTheOldestWhenThereAreTooMany) {
  ToldBatches batches({.count_limit = 2});
  for (int64_t after = 1; after <= 3; ++after) batches.Add({.after = after}, Through(9), kNow);
  EXPECT_FALSE(batches.Find({.after = 1}, kNow).has_value());
  EXPECT_TRUE(batches.Find({.after = 2}, kNow).has_value());
  EXPECT_TRUE(batches.Find({.after = 3}, kNow).has_value());
}

TEST(ToldBatches, ForgetsWhatWasReadBeforeAnErasureEvenIfItComesLate) {
  ToldBatches batches({});
  batches.Add({.after = 5}, Through(9), kNow);
  batches.Forget(1);
  EXPECT_FALSE(batches.Find({.after = 5}, kNow).has_value());
  batches.Add({.after = 5}, Through(9), kNow);
  EXPECT_FALSE(batches.Find({.after = 5}, kNow).has_value());
  batches.Add({.erasures = 1, .after = 5}, Through(9), kNow);
  EXPECT_TRUE(batches.Find({.erasures = 1, .after = 5}, kNow).has_value());
}

}  // namespace
}  // namespace usersync::store
