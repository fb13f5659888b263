#include "store/checkpoint.h"

#include <cassert>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "store/field_error.h"

namespace usersync::store {
namespace {

// The first byte says how the rest is to be read.
constexpr char kFormat = 1;
constexpr size_t kEpochBytes = 16;
constexpr size_t kSequenceBytes = 8;
constexpr size_t kHashBytes = 8;
constexpr size_t kBytes = 1 + kEpochBytes + kSequenceBytes + kHashBytes;
// Three bytes are four characters: nothing is left over to be padded.
static_assert(kBytes % 3 == 0);
constexpr size_t kCharacters = kBytes / 3 * 4;

absl::Status Malformed() {
  return InvalidField(users::v1::ERROR_REASON_TOKEN_MALFORMED, "checkpoint");
}

}  // namespace

std::string Encode(const Checkpoint& checkpoint) {
  assert(checkpoint.epoch.size() == kEpochBytes && checkpoint.hash_prefix.size() == kHashBytes);
  std::string bytes(1, kFormat);
  bytes.append(checkpoint.epoch);
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(checkpoint.sequence >> shift));
  }
  bytes.append(checkpoint.hash_prefix);
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<Checkpoint> DecodeCheckpoint(absl::string_view text) {
  // One checkpoint is one string: white space and padding, which the decoder takes, make it longer.
  std::string bytes;
  if (text.size() != kCharacters || !absl::WebSafeBase64Unescape(text, &bytes) ||
      bytes.size() != kBytes || bytes[0] != kFormat) {
    return Malformed();
  }
  Checkpoint checkpoint;
  checkpoint.epoch = bytes.substr(1, kEpochBytes);
  for (size_t i = 0; i < kSequenceBytes; ++i) {
    checkpoint.sequence =
        static_cast<int64_t>((static_cast<uint64_t>(checkpoint.sequence) << 8) |
                             static_cast<unsigned char>(bytes[1 + kEpochBytes + i]));
  }
  checkpoint.hash_prefix = bytes.substr(1 + kEpochBytes + kSequenceBytes);
  if (checkpoint.sequence < 0) return Malformed();
  const bool is_start = checkpoint.sequence == 0;
  if (is_start && checkpoint.hash_prefix != std::string(kHashBytes, '\0')) return Malformed();
  return checkpoint;
}

Checkpoint CheckpointOf(absl::string_view epoch, int64_t sequence, absl::string_view hash) {
  std::string prefix(hash.substr(0, kHashBytes));
  prefix.resize(kHashBytes, '\0');
  return {std::string(epoch), sequence, std::move(prefix)};
}

}  // namespace usersync::store
