// The tree as it lies in the database: the right edge in `log_edge`, full tiles in `log_tile`,
// and what is not yet in a tile as hashes of `version`.
#pragma once

#include <string>
#include <vector>

#include "store/merkle_proof.h"
#include "store/merkle_tree.h"
#include "store/session.h"

namespace usersync::store {

class LogTiles {
 public:
  // Declares the statements of Write. Call once for each new session that writes.
  static absl::Status Prepare(Session& session);

  // Writes tiles that the versions, written before in this transaction, have completed.
  static absl::Status Write(Session& session, const std::vector<FullTile>& tiles);

  // Reads the right edge.
  static absl::StatusOr<MerkleTree> ReadEdge(Session& session);

  // The tree of an earlier size: its root only.
  static absl::StatusOr<std::string> ReadRoot(Session& session, int64_t size);

  // Reads the roots of ranges of a proof: a handful of rows whatever the size. The ranges must
  // be committed; DATA_LOSS if the database does not hold them.
  static absl::StatusOr<std::vector<std::string>> ReadRoots(Session& session,
                                                            const std::vector<LeafRange>& ranges);

  // Reads the first `width` hashes of a tile. NOT_FOUND if the log does not hold so many of it.
  static absl::StatusOr<std::string> ReadTile(Session& session, int level, int64_t number,
                                              int width);
};

}  // namespace usersync::store
