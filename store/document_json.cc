#include "store/document_json.h"

#include <rapidjson/document.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "protos/json_text.h"
#include "store/field_value.h"

namespace usersync::store {
namespace {

using google::protobuf::FieldDescriptor;
using users::v1::User;

void AppendValue(const User& user, const FieldDescriptor* field, std::string& out) {
  static const auto* reflect = User::GetReflection();
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      AppendJsonString(reflect->GetStringReference(user, field, &scratch), out);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      out.append(reflect->GetBool(user, field) ? "true" : "false");
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(&out, "\"", reflect->GetInt32(user, field), "\"");
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      absl::StrAppend(&out, "\"", reflect->GetInt64(user, field), "\"");
      break;
    default:
      out.append("null");
      break;
  }
}

// Numbers are decimal strings.
template <typename Number>
bool ReadNumber(const rapidjson::Value& value, Number* number) {
  return value.IsString() &&
         absl::SimpleAtoi(absl::string_view(value.GetString(), value.GetStringLength()), number);
}

bool SetValue(const rapidjson::Value& value, const FieldDescriptor* field, User* user) {
  static const auto* reflect = User::GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (!value.IsString()) return false;
      reflect->SetString(user, field, std::string(value.GetString(), value.GetStringLength()));
      return true;
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!value.IsBool()) return false;
      reflect->SetBool(user, field, value.GetBool());
      return true;
    case FieldDescriptor::CPPTYPE_INT32:
      if (int32_t number; ReadNumber(value, &number)) {
        reflect->SetInt32(user, field, number);
        return true;
      }
      return false;
    case FieldDescriptor::CPPTYPE_INT64:
      if (int64_t number; ReadNumber(value, &number)) {
        reflect->SetInt64(user, field, number);
        return true;
      }
      return false;
    default:
      return false;
  }
}

}  // namespace

std::string CanonicalDocument(const User& user) {
  std::string out = "{";
  out.reserve(user.ByteSizeLong() + 128);
  for (const DocumentField& field : DocumentFieldsByName()) {
    if (!IsSet(user, field) && field.json_name != "_deleted") continue;
    absl::StrAppend(&out, out.size() > 1 ? ",\"" : "\"", field.json_name, "\":");
    AppendValue(user, field.descriptor, out);
  }
  out.push_back('}');
  return out;
}

absl::StatusOr<User> ParseDocument(absl::string_view json) {
  rapidjson::Document parsed;
  parsed.Parse(json.data(), json.size());
  if (parsed.HasParseError() || !parsed.IsObject()) {
    return absl::DataLossError("a stored document is no JSON object");
  }
  User user;
  for (const auto& member : parsed.GetObject()) {
    const DocumentField* field = FindDocumentField(
        absl::string_view(member.name.GetString(), member.name.GetStringLength()));
    if (field == nullptr || member.value.IsNull()) continue;
    if (!SetValue(member.value, field->descriptor, &user)) {
      return absl::DataLossError(
          absl::StrCat("field ", field->json_name, " of a stored document has another type"));
    }
  }
  return user;
}

}  // namespace usersync::store
