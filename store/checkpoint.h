// Names "everything up to this sequence" of one database: its epoch, the sequence, and the
// first 8 bytes of that version's hash. Opaque to clients; always the same string for a sequence.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace usersync::store {

struct Checkpoint {
  // The database's id: 16 bytes.
  std::string epoch;
  // 0 before the first version.
  int64_t sequence = 0;
  // 8 bytes; zero bytes for sequence 0.
  std::string hash_prefix;

  bool operator==(const Checkpoint&) const = default;
};

// Characters of [A-Za-z0-9_-] only.
std::string Encode(const Checkpoint& checkpoint);

// INVALID_ARGUMENT, reason TOKEN_MALFORMED, if the text is not one of ours.
absl::StatusOr<Checkpoint> DecodeCheckpoint(absl::string_view text);

// The checkpoint of a version with this hash (32 bytes).
Checkpoint CheckpointOf(absl::string_view epoch, int64_t sequence, absl::string_view hash);

}  // namespace usersync::store
