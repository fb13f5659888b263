// Single fields of documents, by descriptor.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/struct.pb.h"
#include "protos/document_fields.h"

namespace usersync::store {

// Whether the field has a value: what "absent" means the contrary of in hashes and diffs. An
// optional field (`role`) may hold "", any other has none if it is the default.
bool IsSet(const users::v1::User& user, const DocumentField& field);

// Whether both have the same value, or both have none.
bool SameValue(const users::v1::User& a, const users::v1::User& b, const DocumentField& field);

// Whether all fields of the document have the same values.
bool SameDocument(const users::v1::User& a, const users::v1::User& b);

// Gives `to` the value that `from` has, or none.
void CopyValue(const users::v1::User& from, const DocumentField& field, users::v1::User* to);

// The value as JSON has it.
google::protobuf::Value ValueOf(const users::v1::User& user, const DocumentField& field);

// The JSON names of the fields that differ, sorted; of all that are set if `before` is null.
std::vector<std::string> ChangedFields(const users::v1::User* before, const users::v1::User& after);

// Only the document: without the output-only fields.
users::v1::User DocumentOf(const users::v1::User& user);

}  // namespace usersync::store
