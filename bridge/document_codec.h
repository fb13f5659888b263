// Documents and mutations as JSON, both ways. Strict: whatever the schema does not know, knows
// twice, or knows with another type is answered with the field named, never dropped. Walks the
// descriptor of users.v1.User, so that a new document field needs nothing here.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "users/v1/mutation.pb.h"

namespace usersync::bridge {

struct DecodedElement {
  // What was asked for; whole only if there are no violations. A plain document is an
  // unconditional mutation without an id. `mutation_id` is here as soon as it can be read.
  users::v1::Mutation mutation;
  std::vector<users::v1::Violation> violations;
  // Whether the bytes are no JSON at all.
  bool not_json = false;
};

// Decodes one document or mutation, at most as deep as the schema.
DecodedElement DecodeElement(absl::string_view json);

// The document as clients send and get it: in order of the field numbers, `_deleted` always
// there, optional fields left out if absent.
std::string EncodeDocument(const users::v1::User& user);

// Appends a JSON string, quotes included. `text` is valid UTF-8.
void AppendJsonString(absl::string_view text, std::string& out);

}  // namespace usersync::bridge
