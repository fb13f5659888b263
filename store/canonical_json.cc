#include "store/canonical_json.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <vector>

#include "store/document_json.h"

namespace usersync::store {
namespace {

using rapidjson::Value;

absl::string_view TextOf(const Value& string) {
  return absl::string_view(string.GetString(), string.GetStringLength());
}

bool Append(const Value& value, std::string& out);

bool AppendObject(const Value& value, std::string& out) {
  std::vector<const Value::Member*> members;
  for (const auto& member : value.GetObject()) members.push_back(&member);
  // Keys are ASCII: their bytes sort as their UTF-16 units do.
  std::sort(members.begin(), members.end(), [](const auto* left, const auto* right) {
    return TextOf(left->name) < TextOf(right->name);
  });
  out.push_back('{');
  for (size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendJsonString(TextOf(members[i]->name), out);
    out.push_back(':');
    if (!Append(members[i]->value, out)) return false;
  }
  out.push_back('}');
  return true;
}

bool AppendArray(const Value& value, std::string& out) {
  out.push_back('[');
  for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
    if (i > 0) out.push_back(',');
    if (!Append(value[i], out)) return false;
  }
  out.push_back(']');
  return true;
}

bool Append(const Value& value, std::string& out) {
  switch (value.GetType()) {
    case rapidjson::kNullType:
      out.append("null");
      return true;
    case rapidjson::kFalseType:
    case rapidjson::kTrueType:
      out.append(value.GetBool() ? "true" : "false");
      return true;
    case rapidjson::kStringType:
      AppendJsonString(TextOf(value), out);
      return true;
    case rapidjson::kObjectType:
      return AppendObject(value, out);
    case rapidjson::kArrayType:
      return AppendArray(value, out);
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<std::string> CanonicalJson(absl::string_view json) {
  rapidjson::Document parsed;
  parsed.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  std::string out;
  out.reserve(json.size());
  if (parsed.HasParseError() || !Append(parsed, out)) {
    return absl::DataLossError("not a JSON of strings, booleans and null");
  }
  return out;
}

}  // namespace usersync::store
