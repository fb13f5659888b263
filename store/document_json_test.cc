#include "store/document_json.h"

#include <gtest/gtest.h>

#include "protos/document_fields.h"

namespace usersync::store {
namespace {

using google::protobuf::FieldDescriptor;
using users::v1::User;

User Ann() {
  User user;
  user.set_id("u-1");
  user.set_email("ann@example.com");
  user.set_status("active");
  user.set_created_at("2024-01-01T00:00:00Z");
  user.set_updated_at("2024-01-01T00:00:00.000Z");
  return user;
}

TEST(DocumentJson, IsCanonical) {
  User user = Ann();
  user.set_version(7);
  EXPECT_EQ(CanonicalDocument(user),
            "{\"_deleted\":false,\"created_at\":\"2024-01-01T00:00:00Z\","
            "\"email\":\"ann@example.com\",\"id\":\"u-1\",\"status\":\"active\","
            "\"updated_at\":\"2024-01-01T00:00:00.000Z\"}");
}

TEST(DocumentJson, TellsAnEmptyRoleFromNone) {
  User user = Ann();
  user.set_role("");
  EXPECT_NE(CanonicalDocument(user).find("\"role\":\"\","), std::string::npos);
}

TEST(DocumentJson, ReadsBackWhatItWrote) {
  User user = Ann();
  user.set_status("\"\\/\b\n\x01é😀");
  user.set_role("");
  user.set_deleted(true);
  const auto parsed = ParseDocument(CanonicalDocument(user));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->SerializeAsString(), user.SerializeAsString());
}

TEST(DocumentJson, IgnoresWhatANewerStoreWrote) {
  const auto parsed = ParseDocument("{\"id\":\"u-1\",\"nickname\":\"x\",\"role\":null}");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->id(), "u-1");
  EXPECT_FALSE(parsed->has_role());
}

TEST(DocumentJson, RefusesWhatIsNoDocument) {
  for (const char* json :
       {"", "{", "[]", "null", "{\"id\":1}", "{\"_deleted\":\"true\"}", "{} {}"}) {
    EXPECT_EQ(ParseDocument(json).status().code(), absl::StatusCode::kDataLoss) << json;
  }
}

// A field of another type needs a decision: how it looks in JSON, in hashes and in conflicts.
TEST(DocumentJson, KnowsTheTypeOfEveryField) {
  for (const DocumentField& field : DocumentFields()) {
    const auto type = field.descriptor->cpp_type();
    EXPECT_FALSE(field.descriptor->is_repeated()) << field.json_name;
    EXPECT_TRUE(type == FieldDescriptor::CPPTYPE_STRING || type == FieldDescriptor::CPPTYPE_BOOL ||
                type == FieldDescriptor::CPPTYPE_INT32 || type == FieldDescriptor::CPPTYPE_INT64)
        << field.json_name;
  }
}

}  // namespace
}  // namespace usersync::store
