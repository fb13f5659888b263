#include "store/merkle_tree.h"

#include <bit>
#include <utility>

#include "absl/strings/str_join.h"
#include "store/digest.h"

namespace usersync::store {

std::string NodeHash(absl::string_view left, absl::string_view right) {
  char bytes[1 + 2 * kDigestBytes];
  bytes[0] = '\x01';
  left.copy(bytes + 1, kDigestBytes);
  right.copy(bytes + 1 + kDigestBytes, kDigestBytes);
  return Sha256(absl::string_view(bytes, sizeof(bytes)));
}

std::string RootOf(const std::vector<std::string>& subtrees) {
  if (subtrees.empty()) return Sha256("");
  std::string root = subtrees.back();
  for (auto left = subtrees.rbegin() + 1; left != subtrees.rend(); ++left) {
    root = NodeHash(*left, root);
  }
  return root;
}

absl::StatusOr<MerkleTree> MerkleTree::Parse(int64_t size, absl::string_view peaks) {
  const auto count = static_cast<size_t>(std::popcount(static_cast<uint64_t>(size)));
  if (size < 0 || peaks.size() != count * kDigestBytes) {
    return absl::DataLossError("the log's size and its peaks do not fit each other");
  }
  MerkleTree tree;
  tree.size_ = size;
  for (size_t i = 0; i < count; ++i) {
    tree.peaks_.emplace_back(peaks.substr(i * kDigestBytes, kDigestBytes));
  }
  return tree;
}

void MerkleTree::Append(absl::string_view leaf_hash, std::vector<FullTile>* full) {
  std::string hash(leaf_hash);
  int64_t index = size_++;
  // Every full subtree that ends here joins the one of its size before it.
  for (int height = 1; (index & 1) != 0; ++height) {
    hash = NodeHash(peaks_.back(), hash);
    peaks_.pop_back();
    index >>= 1;
    if (height % kTileHeight == 0) full->push_back({height / kTileHeight - 1, index, hash});
  }
  peaks_.push_back(std::move(hash));
}

std::string MerkleTree::peaks() const { return absl::StrJoin(peaks_, ""); }

}  // namespace usersync::store
