// The user document as JSON, both ways. Strict: whatever the schema does not know, knows twice, or
// knows with another type is answered with the field named, never dropped. Walks the descriptor of
// users.v1.User, so that a new document field needs nothing here.
#pragma once

#include <bitset>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "bridge/json_reader.h"
#include "bridge/violation_list.h"
#include "protos/document_fields.h"

namespace usersync::bridge {

// Takes the members of one document. What is missing is left empty, for the store to judge.
class DocumentDecoder final : public JsonMembers {
 public:
  // `prefix` stands before the names of fields in violations: "" or "assumed.". `user` gets what is
  // right, `violations` what is wrong. All must outlive the decoder.
  DocumentDecoder(absl::string_view prefix, users::v1::User& user, ViolationList& violations)
      : prefix_(prefix), user_(user), violations_(violations) {}

  JsonMembers* Take(absl::string_view name, const JsonValue& value) override;

  // Complains about a document of more than 64 KiB.
  void End(size_t bytes) override;

  // The fields that came, in order of their numbers.
  std::vector<const DocumentField*> SeenFields() const;

 private:
  const absl::string_view prefix_;
  users::v1::User& user_;
  ViolationList& violations_;
  // By field number.
  std::bitset<100> seen_;
};

// The document as clients send and get it: in order of the field numbers, `_deleted` always
// there, optional fields left out if absent.
std::string EncodeDocument(const users::v1::User& user);

}  // namespace usersync::bridge
