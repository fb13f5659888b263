// The Merkle tree of RFC 6962 as far as it must be remembered to grow: the roots of the full
// subtrees at its right edge.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace usersync::store {

// A row of stored hashes (C2SP tlog-tiles) is so many levels high and hashes wide.
inline constexpr int kTileHeight = 8;
inline constexpr int64_t kTileWidth = int64_t{1} << kTileHeight;

// SHA-256(0x01 ‖ left ‖ right).
std::string NodeHash(absl::string_view left, absl::string_view right);

// The root over full subtrees from left to right, each larger than the next. Of none: the hash
// of the empty tree.
std::string RootOf(const std::vector<std::string>& subtrees);

// A tile whose hashes are all known, and the node above them.
struct FullTile {
  int level = 0;
  int64_t number = 0;
  std::string root;
};

class MerkleTree {
 public:
  // The empty tree.
  MerkleTree() = default;

  // What `size` and `peaks` of another one say. DATA_LOSS if they do not fit each other.
  static absl::StatusOr<MerkleTree> Parse(int64_t size, absl::string_view peaks);

  // Adds a leaf, and to `full` the tiles that it completes, lower levels first.
  void Append(absl::string_view leaf_hash, std::vector<FullTile>* full);

  int64_t size() const { return size_; }
  // 32 bytes for each full subtree, largest first.
  std::string peaks() const;
  std::string Root() const { return RootOf(peaks_); }

 private:
  int64_t size_ = 0;
  std::vector<std::string> peaks_;
};

}  // namespace usersync::store
