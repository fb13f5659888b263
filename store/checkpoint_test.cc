#include "store/checkpoint.h"

#include <gtest/gtest.h>

#include <limits>

#include "common/status.h"

namespace usersync::store {
namespace {

const std::string kEpoch(16, '\x11');

Checkpoint At(int64_t sequence) {
  return CheckpointOf(kEpoch, sequence, sequence == 0 ? "" : std::string(32, '\xfe'));
}

TEST(Checkpoint, ReadsItselfBack) {
  for (const int64_t sequence :
       {int64_t{0}, int64_t{1}, int64_t{1} << 40, std::numeric_limits<int64_t>::max()}) {
    const std::string text = Encode(At(sequence));
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789_-"),
              std::string::npos);
    const auto decoded = DecodeCheckpoint(text);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, At(sequence));
  }
}

// Clients keep checkpoints: the encoding must stay readable.
TEST(Checkpoint, IsWrittenAsItAlwaysWas) {
  EXPECT_EQ(Encode(At(258)), "AREREREREREREREREREREREAAAAAAAABAv7-_v7-_v7-");
}

TEST(Checkpoint, OfNothingHasNoHash) {
  EXPECT_EQ(At(0).hash_prefix, std::string(8, '\0'));
  Checkpoint odd = At(0);
  odd.hash_prefix[0] = '\1';
  EXPECT_FALSE(DecodeCheckpoint(Encode(odd)).ok());
}

TEST(Checkpoint, RefusesWhatIsNoneOfOurs) {
  const std::string good = Encode(At(258));
  std::string other_format = good;
  other_format[0] = 'B';
  Checkpoint negative = At(258);
  negative.sequence = -1;
  std::string other_alphabet = good;
  other_alphabet[other_alphabet.find('-')] = '+';
  for (const std::string& text :
       {std::string(), std::string("x"), good + "=", good + "A", good.substr(1), " " + good,
        good.substr(0, 43) + " ", good.substr(0, 43) + "\n", good.substr(0, 43) + "=", other_format,
        other_alphabet, Encode(negative), std::string(1 << 20, 'A')}) {
    const auto decoded = DecodeCheckpoint(text);
    ASSERT_FALSE(decoded.ok()) << text;
    EXPECT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(decoded.status()), "TOKEN_MALFORMED");
  }
}

}  // namespace
}  // namespace usersync::store
