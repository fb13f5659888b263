#include "gateway/grpc_timeout.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/numbers.h"

namespace usersync::gateway {
namespace {

constexpr size_t kMostDigits = 8;

absl::Duration UnitOf(char letter) {
  switch (letter) {
    case 'H':
      return absl::Hours(1);
    case 'M':
      return absl::Minutes(1);
    case 'S':
      return absl::Seconds(1);
    case 'm':
      return absl::Milliseconds(1);
    case 'u':
      return absl::Microseconds(1);
    case 'n':
      return absl::Nanoseconds(1);
    default:
      return absl::ZeroDuration();
  }
}

}  // namespace

std::optional<absl::Duration> ParseGrpcTimeout(absl::string_view text) {
  if (text.size() < 2 || text.size() > kMostDigits + 1) return std::nullopt;
  const absl::Duration unit = UnitOf(text.back());
  text.remove_suffix(1);
  int64_t count = 0;
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (unit == absl::ZeroDuration() || !digits || !absl::SimpleAtoi(text, &count)) {
    return std::nullopt;
  }
  return count * unit;
}

absl::StatusOr<std::optional<absl::Duration>> TimeoutOf(const HttpHeaders& headers) {
  const auto text = headers.Find("grpc-timeout");
  if (!text) return std::nullopt;
  const auto timeout = ParseGrpcTimeout(*text);
  if (timeout) return timeout;
  return absl::InvalidArgumentError("grpc-timeout must be 1 to 8 digits and one of HMSmun");
}

absl::Duration OnTheWire(absl::Duration timeout) {
  absl::Duration granule = absl::ZeroDuration();
  if (timeout >= absl::Seconds(100)) {
    granule = absl::Seconds(1);
  } else if (timeout >= absl::Seconds(10)) {
    granule = absl::Milliseconds(100);
  } else if (timeout >= absl::Seconds(1)) {
    granule = absl::Milliseconds(10);
  }
  return timeout - granule;
}

}  // namespace usersync::gateway
