#include "gateway/base64_reader.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace usersync::gateway {
namespace {

constexpr size_t kGroup = 4;
constexpr uint8_t kNone = 0xff;

constexpr std::array<uint8_t, 256> MakeValues() {
  std::array<uint8_t, 256> values{};
  for (auto& value : values) value = kNone;
  constexpr absl::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  }
  return values;
}
constexpr std::array<uint8_t, 256> kValues = MakeValues();

bool DecodeGroup(absl::string_view group, std::string* out) {
  size_t padding = 0;
  while (padding < 2 && group[kGroup - 1 - padding] == '=') ++padding;
  uint32_t bits = 0;
  for (size_t i = 0; i < kGroup; ++i) {
    const bool is_padding = i >= kGroup - padding;
    const uint8_t value = is_padding ? 0 : kValues[static_cast<uint8_t>(group[i])];
    if (value == kNone) return false;
    bits = bits << 6 | value;
  }
  for (size_t i = 0; i < 3 - padding; ++i) out->push_back(static_cast<char>(bits >> (16 - 8 * i)));
  return true;
}

}  // namespace

bool Base64Reader::Read(absl::string_view text, std::string* out) {
  while (!failed_ && !text.empty()) {
    const size_t count = std::min(kGroup - group_.size(), text.size());
    group_.append(text.data(), count);
    text.remove_prefix(count);
    if (group_.size() < kGroup) break;
    failed_ = !DecodeGroup(group_, out);
    group_.clear();
  }
  return !failed_;
}

}  // namespace usersync::gateway
