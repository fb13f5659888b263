// Writes JSON whose shape is that of the code that writes it.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

class JsonWriter {
 public:
  void Value(absl::string_view text) { writer_.String(text.data(), text.size()); }

  void Member(absl::string_view name, absl::string_view text) {
    Name(name);
    Value(text);
  }
  // Without these a literal would be a bool.
  void Member(absl::string_view name, const char* text) { Member(name, absl::string_view(text)); }
  void Member(absl::string_view name, const std::string& text) {
    Member(name, absl::string_view(text));
  }
  void Member(absl::string_view name, bool value) {
    Name(name);
    writer_.Bool(value);
  }
  void Member(absl::string_view name, int value) {
    Name(name);
    writer_.Int(value);
  }

  // Each calls `members` or `elements` to write what is inside.
  template <typename Members>
  void Object(Members members) {
    writer_.StartObject();
    members();
    writer_.EndObject();
  }
  template <typename Members>
  void Object(absl::string_view name, Members members) {
    Name(name);
    Object(members);
  }
  template <typename Elements>
  void Array(absl::string_view name, Elements elements) {
    Name(name);
    writer_.StartArray();
    elements();
    writer_.EndArray();
  }

  std::string text() const { return {text_.GetString(), text_.GetSize()}; }

 private:
  void Name(absl::string_view name) { writer_.Key(name.data(), name.size()); }

  rapidjson::StringBuffer text_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{text_};
};

}  // namespace usersync::gateway
