// Verifies what the database still knows of archived versions: their hashes, as the tiles of the
// log hold them, against the root of each archived partition; and each user's last archived
// version, where its chain goes on, against those hashes. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "store/chain_check.h"
#include "store/merkle_tree.h"
#include "store/session.h"
#include "store/tree_check.h"

namespace usersync::store {

class ArchiveCheck {
 public:
  // Hears of what is wrong; `version` is 0 where it is no single one.
  using Tell =
      std::function<void(int64_t sequence, int32_t version, const std::string& description)>;

  // `session` must outlive this.
  ArchiveCheck(Session& session, Tell tell) : session_(session), tell_(std::move(tell)) {}

  // Reads what is archived, and keeps archivers from dropping more until the session ends.
  absl::Status Begin();

  // Versions up to here are archived.
  int64_t horizon() const { return horizon_; }

  // Adds the next archived leaves to `tree`, which holds all before. Returns whether more follow.
  absl::StatusOr<bool> AddLeaves(TreeCheck& tree);

  // Lets the chains of the users that `chain` follows begin after what is archived.
  absl::Status AddUsers(ChainCheck& chain);

 private:
  struct Partition {
    int64_t first = 0;
    int64_t last = 0;
    std::string root;
  };

  void AddLeaf(const std::string& hash, TreeCheck& tree);

  Session& session_;
  const Tell tell_;
  int64_t horizon_ = 0;
  std::vector<Partition> partitions_;
  // The one whose leaves come next, and its tree so far.
  size_t current_ = 0;
  MerkleTree growing_;
};

}  // namespace usersync::store
