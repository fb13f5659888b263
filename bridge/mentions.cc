#include "bridge/mentions.h"

#include "absl/strings/numbers.h"

namespace usersync::bridge {
namespace {

// The longest id, every character of it escaped as \u0041.
constexpr size_t kMostBytes = 128 * 6;

// Replaces \u00XX, the only escape that an id can be written with.
std::string Unescaped(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    uint32_t code = 0;
    if (text.substr(i, 4) == "\\u00" && i + 6 <= text.size() &&
        absl::SimpleHexAtoi(text.substr(i + 4, 2), &code)) {
      plain.push_back(static_cast<char>(code));
      i += 5;
    } else {
      plain.push_back(text[i]);
    }
  }
  return plain;
}

}  // namespace

bool Mentions(absl::string_view payload, const absl::flat_hash_set<std::string>& ids) {
  // Every text between two neighbouring quotes is looked at: which of them open a string cannot be
  // said of what is no JSON.
  size_t open = payload.find('"');
  while (open != absl::string_view::npos) {
    const size_t close = payload.find('"', open + 1);
    if (close == absl::string_view::npos) return false;
    const absl::string_view text = payload.substr(open + 1, close - open - 1);
    if (text.size() <= kMostBytes &&
        (ids.contains(text) ||
         (text.find('\\') != absl::string_view::npos && ids.contains(Unescaped(text))))) {
      return true;
    }
    open = close;
  }
  return false;
}

}  // namespace usersync::bridge
