#include "bridge/field_codec.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "bridge/json_string.h"
#include "protos/json_text.h"

namespace usersync::bridge {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Kind = JsonValue::Kind;

const char* RuleOf(const FieldDescriptor* field) {
  const bool optional = field->has_presence();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return optional ? "must be a string or null" : "must be a string";
    case FieldDescriptor::CPPTYPE_BOOL:
      return optional ? "must be true, false or null" : "must be true or false";
    case FieldDescriptor::CPPTYPE_INT32:
      return "must be a whole number of at most 32 bits, without quotes";
    case FieldDescriptor::CPPTYPE_INT64:
      return "must be a whole number of at most 64 bits, without quotes";
    default:
      return "is of a kind that documents do not have";
  }
}

template <typename Number>
bool ReadNumber(const JsonValue& value, Number& number) {
  return value.kind == Kind::kNumber && absl::SimpleAtoi(value.text, &number);
}

}  // namespace

const char* FlawOfString(const JsonValue& value) {
  return value.kind == Kind::kString ? FlawOf(value.text) : "must be a string";
}

const char* DecodeField(const JsonValue& value, const FieldDescriptor* field, Message& message) {
  if (value.kind == Kind::kNull && field->has_presence()) return nullptr;
  const auto* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (value.kind != Kind::kString) return RuleOf(field);
      if (const char* flaw = FlawOf(value.text)) return flaw;
      reflection->SetString(&message, field, std::string(value.text));
      return nullptr;
    case FieldDescriptor::CPPTYPE_BOOL:
      if (value.kind != Kind::kBool) return RuleOf(field);
      reflection->SetBool(&message, field, value.flag);
      return nullptr;
    case FieldDescriptor::CPPTYPE_INT32: {
      int32_t number = 0;
      if (!ReadNumber(value, number)) return RuleOf(field);
      reflection->SetInt32(&message, field, number);
      return nullptr;
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      int64_t number = 0;
      if (!ReadNumber(value, number)) return RuleOf(field);
      reflection->SetInt64(&message, field, number);
      return nullptr;
    }
    default:
      return RuleOf(field);
  }
}

void AppendField(const Message& message, const FieldDescriptor* field, std::string& out) {
  const auto* reflection = message.GetReflection();
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      AppendJsonString(reflection->GetStringReference(message, field, &scratch), out);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      out.append(reflection->GetBool(message, field) ? "true" : "false");
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(&out, reflection->GetInt32(message, field));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      absl::StrAppend(&out, reflection->GetInt64(message, field));
      break;
    default:
      out.append("null");
  }
}

}  // namespace usersync::bridge
