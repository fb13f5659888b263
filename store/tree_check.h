// Rebuilds the log from the leaves and compares it with what was stored and what was signed.
// Remembers a tile of each level, whatever the size.
#pragma once

#include <string>
#include <vector>

#include "store/log_head.h"
#include "store/merkle_tree.h"
#include "store/session.h"

namespace usersync::store {

class TreeCheck {
 public:
  // `heads` are the signed heads of this log.
  explicit TreeCheck(std::vector<LogHead> heads);

  // Adds the next leaf.
  void Append(const std::string& hash);

  // Compares the tiles that were completed since the last call with the stored ones.
  absl::Status CompareTiles(Session& session);

  // To be called once, after the last leaf, with the stored right edge.
  void End(const MerkleTree& edge);

  // What was found since the last call: lines.
  std::vector<std::string> TakeFlaws();

  int64_t size() const { return tree_.size(); }
  const std::vector<LogHead>& heads() const { return heads_; }

 private:
  struct Tile {
    FullTile tile;
    // SHA-256 over its 256 hashes.
    std::string digest;
  };

  std::vector<LogHead> heads_;
  size_t next_head_ = 0;
  MerkleTree tree_;
  // By level: the hashes of the tile that grows.
  std::vector<std::string> growing_{1};
  std::vector<Tile> completed_;
  std::vector<std::string> flaws_;
};

}  // namespace usersync::store
