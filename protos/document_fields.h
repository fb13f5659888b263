// Names the fields of the user document: those of users.v1.User with numbers 1 to 99, each
// under the name it has in JSON. Whatever treats documents (codec, merge, diff, digest)
// walks this list, so that a new field is one line in user.proto.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "users/v1/user.pb.h"

namespace usersync {

// One field of the document.
struct DocumentField {
  const google::protobuf::FieldDescriptor* descriptor;
  // The proto name; `deleted` is `_deleted`, because RxDB calls it so.
  std::string json_name;
};

// The fields in order of their numbers.
const std::vector<DocumentField>& DocumentFields();

// The same fields in order of their JSON names by bytes: the order of RFC 8785.
const std::vector<DocumentField>& DocumentFieldsByName();

// The field with this JSON name, or nullptr.
const DocumentField* FindDocumentField(absl::string_view json_name);

}  // namespace usersync
