// Which parts of a tree a proof of RFC 6962 is made of. Pure: hashes are looked up elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace usersync::store {

// The leaves `begin` to `end` - 1, whose root is one hash of a proof.
struct LeafRange {
  int64_t begin = 0;
  int64_t end = 0;

  bool operator==(const LeafRange&) const = default;
};

// A full subtree: the leaves index · 2^height to (index + 1) · 2^height - 1.
struct Subtree {
  int height = 0;
  int64_t index = 0;

  bool operator==(const Subtree&) const = default;
};

// The audit path of a leaf, from the leaf upwards. 0 <= leaf < size.
std::vector<LeafRange> InclusionPath(int64_t leaf, int64_t size);

// The root that a leaf and its audit path lead to (RFC 9162, 2.1.3.2); "" if the path has another
// length.
std::string RootOfPath(int64_t leaf, int64_t size, std::string hash,
                       const std::vector<std::string>& path);

// The proof that the tree of size `to` continues the one of size `from`. 0 <= from <= to; empty
// if they are equal or `from` is 0.
std::vector<LeafRange> ConsistencyPath(int64_t from, int64_t to);

// The full subtrees that a range of a proof consists of, from left to right, each larger than
// the next.
std::vector<Subtree> SubtreesOf(const LeafRange& range);

}  // namespace usersync::store
