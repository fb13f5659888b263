#include "bridge/json_string.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "protos/utf8.h"

namespace usersync::bridge {
namespace {

constexpr size_t kEscapeLength = sizeof("\\ud800") - 1;

// The UTF-16 unit of an escape such as \ud83d at `start`; 0 if there is none.
uint32_t EscapedUnit(absl::string_view json, size_t start) {
  if (start + kEscapeLength > json.size() || json.substr(start, 2) != "\\u") return 0;
  const absl::string_view digits = json.substr(start + 2, 4);
  uint32_t unit = 0;
  for (const char digit : digits) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(digit))) return 0;
  }
  return absl::SimpleHexAtoi(digits, &unit) ? unit : 0;
}

bool IsHighSurrogate(uint32_t unit) { return unit >= 0xd800 && unit <= 0xdbff; }
bool IsLowSurrogate(uint32_t unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

// Whether the bytes hold what would be the UTF-8 of a surrogate.
bool HoldsSurrogate(absl::string_view text) {
  for (size_t i = text.find('\xed'); i != absl::string_view::npos; i = text.find('\xed', i + 1)) {
    if (i + 1 < text.size() && static_cast<uint8_t>(text[i + 1]) >= 0xa0) return true;
  }
  return false;
}

}  // namespace

const char* FlawOf(absl::string_view text) {
  if (!IsValidUtf8(text)) {
    return HoldsSurrogate(text) ? "must not hold a lone surrogate" : "must be valid UTF-8";
  }
  return absl::StrContains(text, '\0') ? "must not hold U+0000" : nullptr;
}

std::string LowerLoneSurrogates(absl::string_view json) {
  std::string lowered(json);
  for (size_t i = lowered.find('\\'); i != std::string::npos; i = lowered.find('\\', i)) {
    if (!IsHighSurrogate(EscapedUnit(lowered, i))) {
      i += 2;
    } else if (IsLowSurrogate(EscapedUnit(lowered, i + kEscapeLength))) {
      i += 2 * kEscapeLength;
    } else {
      lowered.replace(i, kEscapeLength, "\\udc00");
      i += kEscapeLength;
    }
  }
  return lowered;
}

}  // namespace usersync::bridge
