#include "store/field_value.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace usersync::store {
namespace {

using google::protobuf::FieldDescriptor;
using users::v1::User;

// Asked once: generated code checks every time whether its descriptors are there.
const google::protobuf::Reflection& Reflect() {
  static const auto& reflection = *User::GetReflection();
  return reflection;
}

bool SameString(const User& a, const User& b, const FieldDescriptor* field) {
  std::string scratch_a;
  std::string scratch_b;
  const std::string& value = Reflect().GetStringReference(a, field, &scratch_a);
  if (value != Reflect().GetStringReference(b, field, &scratch_b)) return false;
  // An optional field may hold "" or nothing.
  return !value.empty() || !field->has_presence() ||
         Reflect().HasField(a, field) == Reflect().HasField(b, field);
}

}  // namespace

bool IsSet(const User& user, const DocumentField& field) {
  return Reflect().HasField(user, field.descriptor);
}

bool SameValue(const User& a, const User& b, const DocumentField& field) {
  if (field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    return SameString(a, b, field.descriptor);
  }
  if (IsSet(a, field) != IsSet(b, field)) return false;
  if (!IsSet(a, field)) return true;
  const auto& reflect = Reflect();
  switch (field.descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflect.GetBool(a, field.descriptor) == reflect.GetBool(b, field.descriptor);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflect.GetInt32(a, field.descriptor) == reflect.GetInt32(b, field.descriptor);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflect.GetInt64(a, field.descriptor) == reflect.GetInt64(b, field.descriptor);
    default:
      return false;
  }
}

bool SameDocument(const User& a, const User& b) {
  const auto& fields = DocumentFields();
  return std::all_of(fields.begin(), fields.end(),
                     [&](const DocumentField& field) { return SameValue(a, b, field); });
}

void CopyValue(const User& from, const DocumentField& field, User* to) {
  const auto& reflect = Reflect();
  if (!IsSet(from, field)) {
    reflect.ClearField(to, field.descriptor);
    return;
  }
  switch (field.descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      reflect.SetString(to, field.descriptor, reflect.GetString(from, field.descriptor));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflect.SetBool(to, field.descriptor, reflect.GetBool(from, field.descriptor));
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      reflect.SetInt32(to, field.descriptor, reflect.GetInt32(from, field.descriptor));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      reflect.SetInt64(to, field.descriptor, reflect.GetInt64(from, field.descriptor));
      break;
    default:
      break;
  }
}

google::protobuf::Value ValueOf(const User& user, const DocumentField& field) {
  google::protobuf::Value value;
  const auto& reflect = Reflect();
  switch (field.descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      value.set_string_value(reflect.GetString(user, field.descriptor));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      value.set_bool_value(reflect.GetBool(user, field.descriptor));
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      value.set_number_value(reflect.GetInt32(user, field.descriptor));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      value.set_string_value(absl::StrCat(reflect.GetInt64(user, field.descriptor)));
      break;
    default:
      break;
  }
  return value;
}

std::vector<std::string> ChangedFields(const User* before, const User& after) {
  const User& base = before == nullptr ? User::default_instance() : *before;
  std::vector<std::string> names;
  for (const DocumentField& field : DocumentFieldsByName()) {
    if (!SameValue(base, after, field)) names.push_back(field.json_name);
  }
  return names;
}

User DocumentOf(const User& user) {
  User document;
  for (const DocumentField& field : DocumentFields()) {
    if (IsSet(user, field)) CopyValue(user, field, &document);
  }
  return document;
}

}  // namespace usersync::store
