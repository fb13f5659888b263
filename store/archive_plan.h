// How far the history may be archived now. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace usersync::store {

// A partition of `version` holds so many sequences: k · 2^20 + 1 to (k + 1) · 2^20. Each is a full
// subtree of the log.
inline constexpr int64_t kPartitionSize = int64_t{1} << 20;

// Where everything stands that bears on it.
struct ArchiveState {
  // Versions up to here are archived.
  int64_t horizon = 0;
  int64_t head = 0;
  int64_t log_size = 0;
  // What the bridge has broadcast; none if no bridge ever said so.
  std::optional<int64_t> broadcast;
  // The oldest version that the answer to a retried mutation would show.
  std::optional<int64_t> oldest_answer;
};

// What the operator wants.
struct ArchiveWish {
  // How many of the newest full partitions stay.
  int keep = 4;
  // Only versions before this sequence go; 0: any.
  int64_t before = 0;
  // Whether it does not matter how far a bridge has come, because there is none.
  bool without_bridge = false;
};

struct ArchivePlan {
  // The horizon afterwards: a multiple of kPartitionSize, never below the one of now.
  int64_t horizon = 0;
  // What keeps it from going further.
  std::string limit;
};

ArchivePlan PlanArchive(const ArchiveState& state, const ArchiveWish& wish);

}  // namespace usersync::store
