// One field of a document as JSON, both ways, by its descriptor: strings, booleans and whole
// numbers, each optional or not.
#pragma once

#include <string>

#include "bridge/json_reader.h"
#include "google/protobuf/message.h"

namespace usersync::bridge {

// Sets a field. null and absent are the same where a field can be absent. Returns nullptr, or the
// rule that the value breaks; the field is then as it was.
const char* DecodeField(const JsonValue& value, const google::protobuf::FieldDescriptor* field,
                        google::protobuf::Message& message);

// The rule that a value breaks which must be a string, or nullptr.
const char* FlawOfString(const JsonValue& value);

// Appends the field's value.
void AppendField(const google::protobuf::Message& message,
                 const google::protobuf::FieldDescriptor* field, std::string& out);

}  // namespace usersync::bridge
