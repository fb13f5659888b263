#include "gateway/json_object.h"

#include <set>

namespace usersync::gateway {
namespace {

// Iterative, because nesting would be the parser's recursion.
constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
constexpr int kMostDepth = 16;

absl::string_view Text(const rapidjson::Value& string) {
  return {string.GetString(), string.GetStringLength()};
}

bool IsUnambiguous(const rapidjson::Value& value, int depth) {
  if (!value.IsObject() && !value.IsArray()) return true;
  if (depth > kMostDepth) return false;
  if (value.IsArray()) {
    for (const auto& element : value.GetArray()) {
      if (!IsUnambiguous(element, depth + 1)) return false;
    }
    return true;
  }
  std::set<absl::string_view> names;
  for (const auto& member : value.GetObject()) {
    if (!names.insert(Text(member.name)).second) return false;
    if (!IsUnambiguous(member.value, depth + 1)) return false;
  }
  return true;
}

}  // namespace

std::optional<rapidjson::Document> ParseJsonObject(absl::string_view text) {
  rapidjson::Document document;
  document.Parse<kFlags>(text.data(), text.size());
  if (document.HasParseError() || !document.IsObject() || !IsUnambiguous(document, 1)) {
    return std::nullopt;
  }
  return document;
}

std::optional<absl::string_view> StringMember(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || !found->value.IsString()) return std::nullopt;
  return Text(found->value);
}

}  // namespace usersync::gateway
