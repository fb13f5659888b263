#include "bridge/delivery.h"

#include <array>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace usersync::bridge {
namespace {

constexpr absl::string_view kPrefix = "$JS.ACK.";
// How many tokens come before the number of deliveries: stream and consumer; domain and account
// before them on newer servers, which also add a last token.
constexpr size_t kOldTokens = 7;
constexpr size_t kNewTokens = 9;
constexpr size_t kMostTokens = 12;

}  // namespace

std::optional<Delivery> ParseDelivery(absl::string_view reply) {
  if (!absl::StartsWith(reply, kPrefix)) return std::nullopt;
  std::array<absl::string_view, kMostTokens> tokens;
  size_t count = 0;
  for (size_t begin = kPrefix.size(); begin <= reply.size(); ++count) {
    if (count == kMostTokens) return std::nullopt;
    const size_t dot = std::min(reply.find('.', begin), reply.size());
    tokens[count] = reply.substr(begin, dot - begin);
    begin = dot + 1;
  }
  if (count != kOldTokens && count < kNewTokens) return std::nullopt;
  const size_t first = count == kOldTokens ? 3 : 5;
  Delivery delivery;
  if (!absl::SimpleAtoi(tokens[first], &delivery.stream_sequence) ||
      !absl::SimpleAtoi(tokens[first + 1], &delivery.consumer_sequence) ||
      !absl::SimpleAtoi(tokens[first + 2], &delivery.time_ns)) {
    return std::nullopt;
  }
  return delivery;
}

}  // namespace usersync::bridge
