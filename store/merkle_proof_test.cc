#include "store/merkle_proof.h"

#include <gtest/gtest.h>

#include <string>

#include "store/merkle_tree.h"
#include "store/testing/naive_tree.h"

namespace usersync::store {
namespace {

constexpr int64_t kMostLeaves = 1000;

const std::vector<std::string>& AllLeaves() {
  static const auto& leaves = *new std::vector<std::string>(Leaves(kMostLeaves));
  return leaves;
}

// The roots of all full subtrees, by height and index: what the database keeps.
const std::vector<std::vector<std::string>>& AllSubtrees() {
  static const auto& levels = *new std::vector<std::vector<std::string>>([] {
    std::vector<std::vector<std::string>> made = {AllLeaves()};
    while (made.back().size() > 1) {
      std::vector<std::string> level;
      for (size_t i = 0; i + 1 < made.back().size(); i += 2) {
        level.push_back(NodeHash(made.back()[i], made.back()[i + 1]));
      }
      made.push_back(std::move(level));
    }
    return made;
  }());
  return levels;
}

std::string HashOf(const LeafRange& range) {
  std::vector<std::string> roots;
  for (const Subtree& subtree : SubtreesOf(range)) {
    roots.push_back(AllSubtrees().at(subtree.height).at(subtree.index));
  }
  return RootOf(roots);
}

std::vector<std::string> HashesOf(const std::vector<LeafRange>& ranges) {
  std::vector<std::string> hashes;
  for (const LeafRange& range : ranges) hashes.push_back(HashOf(range));
  return hashes;
}

// RFC 9162, 2.1.4.2; 0 < from < to.
bool VerifyConsistency(int64_t from, int64_t to, std::vector<std::string> path,
                       const std::string& from_root, const std::string& to_root) {
  if ((from & (from - 1)) == 0) path.insert(path.begin(), from_root);
  if (path.empty()) return false;
  int64_t index = from - 1;
  int64_t last = to - 1;
  for (; (index & 1) != 0; last >>= 1) index >>= 1;
  std::string old_hash = path.front();
  std::string new_hash = path.front();
  for (size_t i = 1; i < path.size(); ++i) {
    if (last == 0) return false;
    if ((index & 1) != 0 || index == last) {
      old_hash = NodeHash(path[i], old_hash);
      new_hash = NodeHash(path[i], new_hash);
      while ((index & 1) == 0 && index != 0) {
        index >>= 1;
        last >>= 1;
      }
    } else {
      new_hash = NodeHash(new_hash, path[i]);
    }
    index >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == from_root && new_hash == to_root;
}

TEST(MerkleProof, ProvesTheWorkedExample) {
  EXPECT_EQ(InclusionPath(1, 3), (std::vector<LeafRange>{{0, 1}, {2, 3}}));
  EXPECT_EQ(ConsistencyPath(2, 3), (std::vector<LeafRange>{{2, 3}}));
}

TEST(MerkleProof, OfEveryLeafInEverySizeVerifies) {
  for (int64_t size = 1; size <= kMostLeaves; size += size < 300 ? 1 : 7) {
    const std::string root = HashOf({0, size});
    for (int64_t leaf = 0; leaf < size; ++leaf) {
      ASSERT_EQ(RootOfPath(leaf, size, AllLeaves()[leaf], HashesOf(InclusionPath(leaf, size))),
                root)
          << leaf << " in " << size;
    }
  }
}

TEST(MerkleProof, OfAnotherLeafDoesNotVerify) {
  const std::string root = HashOf({0, 700});
  EXPECT_NE(RootOfPath(5, 700, AllLeaves()[6], HashesOf(InclusionPath(5, 700))), root);
  EXPECT_NE(RootOfPath(5, 700, AllLeaves()[5], HashesOf(InclusionPath(5, 699))), root);
  EXPECT_EQ(RootOfPath(5, 700, AllLeaves()[5], {}), "");
}

TEST(MerkleProof, OfEveryEarlierSizeVerifies) {
  for (int64_t to = 2; to <= kMostLeaves; to += to < 300 ? 1 : 7) {
    const std::string root = HashOf({0, to});
    for (int64_t from = 1; from < to; ++from) {
      ASSERT_TRUE(
          VerifyConsistency(from, to, HashesOf(ConsistencyPath(from, to)), HashOf({0, from}), root))
          << from << " to " << to;
    }
  }
}

TEST(MerkleProof, OfAnotherBeginningDoesNotVerify) {
  EXPECT_FALSE(VerifyConsistency(300, 700, HashesOf(ConsistencyPath(300, 700)), HashOf({0, 301}),
                                 HashOf({0, 700})));
}

TEST(MerkleProof, IsEmptyWhereNothingIsToBeShown) {
  EXPECT_TRUE(InclusionPath(0, 1).empty());
  EXPECT_TRUE(ConsistencyPath(0, 7).empty());
  EXPECT_TRUE(ConsistencyPath(7, 7).empty());
}

TEST(MerkleProof, NeedsFullSubtreesOnly) {
  EXPECT_EQ(SubtreesOf({0, 7}), (std::vector<Subtree>{{2, 0}, {1, 2}, {0, 6}}));
  EXPECT_EQ(SubtreesOf({4, 7}), (std::vector<Subtree>{{1, 2}, {0, 6}}));
  EXPECT_TRUE(SubtreesOf({0, 0}).empty());
}

TEST(MerkleProof, ReachesTenMillionVersionsInAHandfulOfSteps) {
  EXPECT_LE(InclusionPath(1234567, 10000000).size(), 24);
  EXPECT_LE(ConsistencyPath(1234567, 10000000).size(), 25);
}

}  // namespace
}  // namespace usersync::store
