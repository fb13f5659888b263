#include "bridge/json_array.h"

namespace usersync::bridge {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

absl::string_view Trim(absl::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// The position after the string that begins at `start`, or npos.
size_t SkipString(absl::string_view json, size_t start) {
  for (size_t i = start + 1; i < json.size(); ++i) {
    if (json[i] == '\\') {
      ++i;
    } else if (json[i] == '"') {
      return i + 1;
    }
  }
  return absl::string_view::npos;
}

}  // namespace

bool IsArray(absl::string_view json) {
  const absl::string_view trimmed = Trim(json);
  return !trimmed.empty() && trimmed.front() == '[';
}

std::optional<std::vector<absl::string_view>> SplitArray(absl::string_view json, size_t most) {
  json = Trim(json);
  if (json.size() < 2 || json.front() != '[' || json.back() != ']') return std::nullopt;
  const absl::string_view inner = json.substr(1, json.size() - 2);
  std::vector<absl::string_view> elements;
  if (Trim(inner).empty()) return elements;
  size_t depth = 0;
  size_t start = 0;
  for (size_t i = 0; i < inner.size();) {
    const char c = inner[i];
    if (c == '"') {
      i = SkipString(inner, i);
      if (i == absl::string_view::npos) return std::nullopt;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return std::nullopt;
      --depth;
    }
    if (c == ',' && depth == 0) {
      elements.push_back(Trim(inner.substr(start, i - start)));
      if (elements.size() > most) return elements;
      start = i + 1;
    }
    ++i;
  }
  if (depth != 0) return std::nullopt;
  elements.push_back(Trim(inner.substr(start)));
  return elements;
}

}  // namespace usersync::bridge
