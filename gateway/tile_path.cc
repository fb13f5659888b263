#include "gateway/tile_path.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace usersync::gateway {
namespace {

// Level 8 would stand over more versions than a sequence can number.
constexpr int kMostLevel = 7;
constexpr size_t kGroupDigits = 3;
// 10^18 tiles: more than a sequence can number.
constexpr size_t kMostGroups = 6;

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// A decimal number without leading zeros.
std::optional<int> ParseNumber(absl::string_view text, int least, int most) {
  int number = 0;
  if (!IsDigits(text) || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  if (!absl::SimpleAtoi(text, &number) || number < least || number > most) return std::nullopt;
  return number;
}

std::optional<int64_t> ParseGroups(const std::vector<absl::string_view>& groups) {
  if (groups.empty() || groups.size() > kMostGroups) return std::nullopt;
  int64_t number = 0;
  for (size_t i = 0; i < groups.size(); ++i) {
    absl::string_view group = groups[i];
    const bool is_last = i + 1 == groups.size();
    if (!is_last && !absl::ConsumePrefix(&group, "x")) return std::nullopt;
    if (group.size() != kGroupDigits || !IsDigits(group)) return std::nullopt;
    int digits = 0;
    if (!absl::SimpleAtoi(group, &digits)) return std::nullopt;
    if (i == 0 && !is_last && digits == 0) return std::nullopt;
    number = number * 1000 + digits;
  }
  return number;
}

}  // namespace

std::optional<TilePath> ParseTilePath(absl::string_view path) {
  std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  TilePath tile;
  const auto level = ParseNumber(parts.front(), 0, kMostLevel);
  if (!level) return std::nullopt;
  tile.level = *level;
  parts.erase(parts.begin());
  if (parts.size() >= 2 && absl::ConsumeSuffix(&parts[parts.size() - 2], ".p")) {
    const auto width = ParseNumber(parts.back(), 1, 255);
    if (!width) return std::nullopt;
    tile.width = *width;
    parts.pop_back();
  }
  const auto number = ParseGroups(parts);
  if (!number) return std::nullopt;
  tile.number = *number;
  return tile;
}

}  // namespace usersync::gateway
