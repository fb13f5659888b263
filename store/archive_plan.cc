#include "store/archive_plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace usersync::store {
namespace {

// Lowers the plan to what ends at `sequence`.
void Limit(ArchivePlan& plan, int64_t sequence, const std::string& reason) {
  const int64_t horizon = std::max<int64_t>(0, sequence / kPartitionSize * kPartitionSize);
  if (horizon >= plan.horizon) return;
  plan = {horizon, reason};
}

}  // namespace

ArchivePlan PlanArchive(const ArchiveState& state, const ArchiveWish& wish) {
  // The newest version stays in any case: the feed's checkpoint is made from it.
  const int64_t full = std::max<int64_t>(0, state.head - 1) / kPartitionSize * kPartitionSize;
  ArchivePlan plan{full, "the newest partition is not full"};
  Limit(plan, full - wish.keep * kPartitionSize,
        absl::StrCat("the newest ", wish.keep, " full partitions are kept"));
  if (wish.before > 0) {
    Limit(plan, wish.before - 1,
          absl::StrCat("only what is before sequence ", wish.before, " goes"));
  }
  Limit(plan, state.log_size, absl::StrCat("the log holds ", state.log_size, " versions only"));
  if (!wish.without_bridge) {
    Limit(plan, state.broadcast.value_or(0),
          state.broadcast
              ? absl::StrCat("the bridge has broadcast up to sequence ", *state.broadcast)
              : "no bridge has said yet what it has broadcast");
  }
  if (state.oldest_answer) {
    Limit(plan, *state.oldest_answer - 1,
          absl::StrCat("the answer to a retried mutation shows sequence ", *state.oldest_answer,
                       "; answers are kept for 30 days"));
  }
  plan.horizon = std::max(plan.horizon, state.horizon);
  return plan;
}

}  // namespace usersync::store
