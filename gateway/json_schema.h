// Messages as OpenAPI schemas: what protobuf's JSON makes of them.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "gateway/json_writer.h"

namespace usersync::gateway {

class JsonSchemas {
 public:
  // Writes the members of a field's schema, or of a message's; a message that has members of its
  // own is referred to.
  void WriteField(const google::protobuf::FieldDescriptor& field, JsonWriter* json);
  void WriteMessage(const google::protobuf::Descriptor& message, JsonWriter* json);

  // Writes the schemas of all messages that were referred to, and of those that they refer to.
  void WriteAll(JsonWriter* json);

  static std::string ReferenceTo(const std::string& name);

 private:
  void WriteValue(const google::protobuf::FieldDescriptor& field, JsonWriter* json);

  // In the order in which they were first referred to.
  std::vector<const google::protobuf::Descriptor*> referred_;
};

}  // namespace usersync::gateway
