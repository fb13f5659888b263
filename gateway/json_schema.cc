#include "gateway/json_schema.h"

#include <algorithm>
#include <map>

namespace usersync::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

void WriteType(const char* type, const char* format, JsonWriter* json) {
  json->Member("type", type);
  if (format != nullptr) json->Member("format", format);
}

void WriteEnum(const EnumDescriptor& type, JsonWriter* json) {
  json->Member("type", "string");
  json->Array("enum", [&] {
    for (int i = 0; i < type.value_count(); ++i) json->Value(type.value(i)->name());
  });
}

// Messages that protobuf's JSON writes in a form of their own: false if this is none.
bool WriteWellKnown(const Descriptor& message, JsonWriter* json) {
  const std::string& name = message.full_name();
  if (name == "google.protobuf.Timestamp") {
    WriteType("string", "date-time", json);
  } else if (name == "google.protobuf.Duration" || name == "google.protobuf.FieldMask") {
    WriteType("string", nullptr, json);
  } else {
    // A Value is anything, and so is the empty schema.
    return name == "google.protobuf.Value";
  }
  return true;
}

}  // namespace

std::string JsonSchemas::ReferenceTo(const std::string& name) {
  return "#/components/schemas/" + name;
}

void JsonSchemas::WriteField(const FieldDescriptor& field, JsonWriter* json) {
  if (!field.is_repeated()) return WriteValue(field, json);
  json->Member("type", "array");
  json->Object("items", [&] { WriteValue(field, json); });
}

void JsonSchemas::WriteValue(const FieldDescriptor& field, JsonWriter* json) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return WriteMessage(*field.message_type(), json);
    case FieldDescriptor::CPPTYPE_ENUM:
      return WriteEnum(*field.enum_type(), json);
    case FieldDescriptor::CPPTYPE_BOOL:
      return WriteType("boolean", nullptr, json);
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
      return WriteType("integer", "int32", json);
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
      // As text: JavaScript's numbers do not hold them.
      return WriteType("string", "int64", json);
    case FieldDescriptor::CPPTYPE_STRING:
      return WriteType("string", field.type() == FieldDescriptor::TYPE_BYTES ? "byte" : nullptr,
                       json);
    default:
      return WriteType("number", nullptr, json);
  }
}

void JsonSchemas::WriteMessage(const Descriptor& message, JsonWriter* json) {
  if (WriteWellKnown(message, json)) return;
  if (std::find(referred_.begin(), referred_.end(), &message) == referred_.end()) {
    referred_.push_back(&message);
  }
  json->Member("$ref", ReferenceTo(message.full_name()));
}

void JsonSchemas::WriteAll(JsonWriter* json) {
  // It grows while it is gone through.
  for (size_t i = 0; i < referred_.size(); ++i) {
    const Descriptor& message = *referred_[i];
    json->Object(message.full_name(), [&] {
      json->Member("type", "object");
      json->Object("properties", [&] {
        for (int field = 0; field < message.field_count(); ++field) {
          json->Object(message.field(field)->json_name(),
                       [&] { WriteField(*message.field(field), json); });
        }
      });
    });
  }
}

}  // namespace usersync::gateway
