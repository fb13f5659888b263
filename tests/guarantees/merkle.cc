#include "tests/guarantees/merkle.h"

#include "tests/guarantees/digest.h"

namespace usersync::tests {
namespace {

size_t Half(size_t size) {
  size_t half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

void AddPath(const Hashes& leaves, size_t leaf, size_t begin, size_t end, Hashes& path) {
  if (end - begin == 1) return;
  const size_t middle = begin + Half(end - begin);
  if (leaf < middle) {
    AddPath(leaves, leaf, begin, middle, path);
    path.push_back(MerkleRoot(leaves, middle, end));
  } else {
    AddPath(leaves, leaf, middle, end, path);
    path.push_back(MerkleRoot(leaves, begin, middle));
  }
}

// SUBPROOF(from, D[begin:end], is_whole).
void AddProof(const Hashes& leaves, size_t from, size_t begin, size_t end, bool is_whole,
              Hashes& path) {
  if (from == end - begin) {
    if (!is_whole) path.push_back(MerkleRoot(leaves, begin, end));
    return;
  }
  const size_t half = Half(end - begin);
  if (from <= half) {
    AddProof(leaves, from, begin, begin + half, is_whole, path);
    path.push_back(MerkleRoot(leaves, begin + half, end));
  } else {
    AddProof(leaves, from - half, begin + half, end, false, path);
    path.push_back(MerkleRoot(leaves, begin, begin + half));
  }
}

}  // namespace

std::string MerkleRoot(const Hashes& leaves, size_t begin, size_t end) {
  if (begin == end) return Sha256("");
  if (end - begin == 1) return leaves.at(begin);
  const size_t middle = begin + Half(end - begin);
  return Sha256("\x01" + MerkleRoot(leaves, begin, middle) + MerkleRoot(leaves, middle, end));
}

Hashes InclusionProof(const Hashes& leaves, size_t leaf, size_t size) {
  Hashes path;
  AddPath(leaves, leaf, 0, size, path);
  return path;
}

Hashes ConsistencyProof(const Hashes& leaves, size_t from, size_t to) {
  Hashes path;
  if (from > 0) AddProof(leaves, from, 0, to, true, path);
  return path;
}

}  // namespace usersync::tests
