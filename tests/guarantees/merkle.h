// The Merkle tree exactly as RFC 6962 defines it; slow, and written without a look at the store's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace usersync::tests {

using Hashes = std::vector<std::string>;

// MTH of the leaf hashes begin to end - 1.
std::string MerkleRoot(const Hashes& leaves, size_t begin, size_t end);

// PATH(leaf, D[size]).
Hashes InclusionProof(const Hashes& leaves, size_t leaf, size_t size);

// PROOF(from, D[to]).
Hashes ConsistencyProof(const Hashes& leaves, size_t from, size_t to);

}  // namespace usersync::tests
