#include "store/merkle_tree.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "store/digest.h"
#include "store/testing/naive_tree.h"

namespace usersync::store {
namespace {

// The leaves of the worked example in store/README.md.
const char* const kExample[] = {"9f43a085ca125886f6a3a3b726035880bc989b37003f64401a072ef6e184657d",
                                "662b1d0ee9b9551070cb211d34f90ecae7bc8489723e980fe5ef5de1e5fb762c",
                                "71cd6d4a6a106a30416c8bfca7d30e629aa2223f8c1bf85ec747b2e7014c4ea8"};

TEST(MerkleTree, HasTheRootsOfTheWorkedExample) {
  MerkleTree tree;
  std::vector<FullTile> full;
  for (const char* const leaf : kExample) {
    tree.Append(absl::HexStringToBytes(leaf), &full);
    if (tree.size() == 2) {
      EXPECT_EQ(absl::BytesToHexString(tree.Root()),
                "53208703678a97f222a24cbded68c448f6c376b178dee48b73394b475c4841f0");
    }
  }
  EXPECT_EQ(absl::BytesToHexString(tree.Root()),
            "2dff14996624febfdb626a1cda0ef706f02561ca6263a138a00819503683539f");
  EXPECT_TRUE(full.empty());
}

TEST(MerkleTree, OfNothingIsTheHashOfNothing) { EXPECT_EQ(MerkleTree().Root(), Sha256("")); }

TEST(MerkleTree, HasTheRootOfTheNaiveTreeAtEverySize) {
  const auto leaves = Leaves(1000);
  MerkleTree tree;
  std::vector<FullTile> full;
  for (int64_t size = 1; size <= 1000; ++size) {
    tree.Append(leaves[size - 1], &full);
    ASSERT_EQ(tree.Root(), NaiveRoot(leaves, 0, size)) << size;
  }
}

TEST(MerkleTree, GoesOnFromItsPeaks) {
  const auto leaves = Leaves(600);
  MerkleTree tree;
  std::vector<FullTile> full;
  for (const std::string& leaf : leaves) {
    tree = MerkleTree::Parse(tree.size(), tree.peaks()).value();
    tree.Append(leaf, &full);
  }
  EXPECT_EQ(tree.Root(), NaiveRoot(leaves, 0, 600));
}

TEST(MerkleTree, RefusesPeaksOfAnotherSize) {
  EXPECT_FALSE(MerkleTree::Parse(2, std::string(64, 'x')).ok());
  EXPECT_FALSE(MerkleTree::Parse(3, std::string(63, 'x')).ok());
  EXPECT_FALSE(MerkleTree::Parse(-1, "").ok());
  EXPECT_TRUE(MerkleTree::Parse(0, "").ok());
}

TEST(MerkleTree, TellsOfEveryTileThatIsFull) {
  const auto leaves = Leaves(65536);
  MerkleTree tree;
  std::vector<FullTile> full;
  for (const std::string& leaf : leaves) tree.Append(leaf, &full);
  ASSERT_EQ(full.size(), 257);
  EXPECT_EQ(full[1].level, 0);
  EXPECT_EQ(full[1].number, 1);
  EXPECT_EQ(full[1].root, NaiveRoot(leaves, 256, 512));
  EXPECT_EQ(full.back().level, 1);
  EXPECT_EQ(full.back().number, 0);
  EXPECT_EQ(full.back().root, tree.Root());
}

}  // namespace
}  // namespace usersync::store
