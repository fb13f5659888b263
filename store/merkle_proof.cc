#include "store/merkle_proof.h"

#include <bit>

#include "store/merkle_tree.h"

namespace usersync::store {
namespace {

// Where RFC 6962 splits a tree of `size` > 1 leaves: the largest power of two below it.
int64_t SplitOf(int64_t size) {
  return static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(size - 1)));
}

// PATH(leaf, D[range]).
void AppendInclusion(int64_t leaf, LeafRange range, std::vector<LeafRange>& path) {
  if (range.end - range.begin == 1) return;
  const int64_t middle = range.begin + SplitOf(range.end - range.begin);
  const LeafRange left{range.begin, middle};
  const LeafRange right{middle, range.end};
  AppendInclusion(leaf, leaf < middle ? left : right, path);
  path.push_back(leaf < middle ? right : left);
}

// SUBPROOF(from - range.begin, D[range], is_known): whether the verifier has the root of the old
// tree's part is known while nothing was cut off at its left.
void AppendConsistency(int64_t from, LeafRange range, bool is_known, std::vector<LeafRange>& path) {
  if (from == range.end) {
    if (!is_known) path.push_back(range);
    return;
  }
  const int64_t middle = range.begin + SplitOf(range.end - range.begin);
  const LeafRange left{range.begin, middle};
  const LeafRange right{middle, range.end};
  const bool goes_left = from <= middle;
  AppendConsistency(from, goes_left ? left : right, goes_left && is_known, path);
  path.push_back(goes_left ? right : left);
}

}  // namespace

std::vector<LeafRange> InclusionPath(int64_t leaf, int64_t size) {
  std::vector<LeafRange> path;
  AppendInclusion(leaf, {0, size}, path);
  return path;
}

std::string RootOfPath(int64_t leaf, int64_t size, std::string hash,
                       const std::vector<std::string>& path) {
  int64_t index = leaf;
  int64_t last = size - 1;
  for (const std::string& sibling : path) {
    if (last == 0) return "";
    if ((index & 1) != 0 || index == last) {
      hash = NodeHash(sibling, hash);
      // A right edge that has no sibling is handed up as it is.
      for (; (index & 1) == 0 && index != 0; last >>= 1) index >>= 1;
    } else {
      hash = NodeHash(hash, sibling);
    }
    index >>= 1;
    last >>= 1;
  }
  return last == 0 ? hash : "";
}

std::vector<LeafRange> ConsistencyPath(int64_t from, int64_t to) {
  std::vector<LeafRange> path;
  if (from > 0) AppendConsistency(from, {0, to}, true, path);
  return path;
}

std::vector<Subtree> SubtreesOf(const LeafRange& range) {
  std::vector<Subtree> subtrees;
  for (int64_t begin = range.begin; begin < range.end;) {
    const int height = std::bit_width(static_cast<uint64_t>(range.end - begin)) - 1;
    subtrees.push_back({height, begin >> height});
    begin += int64_t{1} << height;
  }
  return subtrees;
}

}  // namespace usersync::store
