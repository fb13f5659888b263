// Reads tests/cases/merge.json (see README.md).
#pragma once

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/istreamwrapper.h>

#include <fstream>
#include <string>

#include "protos/document_fields.h"
#include "users/v1/mutation.pb.h"

namespace usersync::tests {

// The whole file.
inline const rapidjson::Document& Table() {
  static const auto& table = *new rapidjson::Document([] {
    std::ifstream file(USERSYNC_SOURCE_DIR "/tests/cases/merge.json");
    rapidjson::IStreamWrapper stream(file);
    rapidjson::Document parsed;
    parsed.ParseStream(stream);
    EXPECT_FALSE(parsed.HasParseError()) << "at byte " << parsed.GetErrorOffset();
    return parsed;
  }());
  return table;
}

inline std::string Text(const rapidjson::Value& value) {
  return std::string(value.GetString(), value.GetStringLength());
}

// The text under a key that may not be there.
inline std::string TextOr(const rapidjson::Value& object, const char* key, const char* otherwise) {
  return object.HasMember(key) ? Text(object[key]) : otherwise;
}

inline bool IsTrue(const rapidjson::Value& object, const char* key) {
  return object.HasMember(key) && object[key].GetBool();
}

// Sets what is given, and clears what is null.
inline void LayOver(const rapidjson::Value& differences, users::v1::User* user) {
  for (const auto& [name, value] : differences.GetObject()) {
    const DocumentField* field = FindDocumentField(Text(name));
    ASSERT_NE(field, nullptr) << Text(name);
    if (value.IsNull()) {
      users::v1::User::GetReflection()->ClearField(user, field->descriptor);
    } else if (value.IsBool()) {
      users::v1::User::GetReflection()->SetBool(user, field->descriptor, value.GetBool());
    } else {
      users::v1::User::GetReflection()->SetString(user, field->descriptor, Text(value));
    }
  }
}

// A document, from its differences.
inline users::v1::User UserFrom(const rapidjson::Value& differences) {
  users::v1::User user;
  LayOver(Table()["document"], &user);
  LayOver(differences, &user);
  return user;
}

// What a case asks for: a plain document or a mutation.
inline users::v1::Mutation MutationFrom(const rapidjson::Value& a_case) {
  users::v1::Mutation mutation;
  mutation.set_mutation_id("m-1");
  if (a_case.HasMember("plain")) {
    *mutation.mutable_user() = UserFrom(a_case["plain"]);
    mutation.set_unconditional(true);
    return mutation;
  }
  const rapidjson::Value& given = a_case["mutation"];
  *mutation.mutable_user() = UserFrom(given["document"]);
  mutation.set_mutation_id(TextOr(given, "mutation_id", "m-1"));
  mutation.set_reason(TextOr(given, "reason", ""));
  if (given.HasMember("assumed") && given["assumed"].IsNull()) {
    mutation.set_assumed_absent(true);
  } else if (given.HasMember("assumed")) {
    *mutation.mutable_assumed() = UserFrom(given["assumed"]);
  }
  const std::string policy = TextOr(given, "on_conflict", "");
  if (policy == "refuse") mutation.set_conflict_policy(users::v1::CONFLICT_POLICY_REFUSE);
  if (policy == "overwrite") mutation.set_conflict_policy(users::v1::CONFLICT_POLICY_OVERWRITE);
  return mutation;
}

}  // namespace usersync::tests
