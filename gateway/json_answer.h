// A message in protobuf's JSON, on one line.
#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <string>

namespace usersync::gateway {

// Every message has one: nothing is left out but what is not set.
inline std::string JsonOf(const google::protobuf::Message& message) {
  std::string json;
  // Fails only for messages with Any of types that nobody knows, and for text that is no UTF-8:
  // the store sends neither.
  static_cast<void>(google::protobuf::util::MessageToJsonString(message, &json).ok());
  return json;
}

}  // namespace usersync::gateway
