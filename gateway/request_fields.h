// Sets single fields of a request from text: what stands in a path and in a query.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace usersync::gateway {

class RequestFields {
 public:
  // Both must outlive this. `body` is the field that only the body sets; empty: there is none.
  RequestFields(google::protobuf::Message& request, absl::string_view body)
      : request_(request), body_(body) {}

  // Sets a field that the path names. INVALID_ARGUMENT also if the body has set it to another
  // value.
  absl::Status SetFromPath(const std::string& name, const std::string& text);

  // Sets a field that the query names: names of fields joined by dots, each as in the proto file
  // or as in JSON; text as protobuf's JSON has it in a string. One that is repeated may come again.
  // INVALID_ARGUMENT naming it if it is unknown, of another form, set before, or the second of
  // several of which only one may be set.
  absl::Status SetFromQuery(const std::string& name, const std::string& text);

 private:
  struct Place {
    google::protobuf::Message* message;
    const google::protobuf::FieldDescriptor* field;
  };

  // Null fields if there is none of this name, or it has no form as text.
  Place Find(absl::string_view name, bool is_query) const;

  google::protobuf::Message& request_;
  const absl::string_view body_;
  std::set<std::string> set_;
};

// Whether protobuf's JSON writes the field's values as one text or number.
bool HasTextForm(const google::protobuf::FieldDescriptor& field);

}  // namespace usersync::gateway
