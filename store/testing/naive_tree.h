// The Merkle tree exactly as RFC 6962 defines it, for tests to compare with.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/digest.h"

namespace usersync::store {

// The hashes of so many different leaves.
inline std::vector<std::string> Leaves(int64_t count) {
  std::vector<std::string> leaves;
  for (int64_t i = 0; i < count; ++i) leaves.push_back(Sha256(absl::StrCat("leaf ", i)));
  return leaves;
}

// MTH(D[begin:end]).
inline std::string NaiveRoot(const std::vector<std::string>& leaves, int64_t begin, int64_t end) {
  if (begin == end) return Sha256("");
  if (end - begin == 1) return leaves[begin];
  int64_t half = 1;
  while (half * 2 < end - begin) half *= 2;
  return Sha256(absl::StrCat("\x01", NaiveRoot(leaves, begin, begin + half),
                             NaiveRoot(leaves, begin + half, end)));
}

}  // namespace usersync::store
