#include "store/version_record.h"

#include <gmock/gmock.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "store/document_json.h"
#include "store/version_json.h"

namespace usersync::store {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The worked example of the encoding (store/README.md).
VersionRecord FirstVersion() {
  VersionRecord record;
  record.sequence = 1;
  record.version = 1;
  record.action = users::v1::ACTION_CREATE;
  record.actor = "alice";
  record.auth = users::v1::AUTH_NATS;
  record.mutation_id = "m-1";
  record.document.set_id("u-1");
  record.document.set_email("ann@example.com");
  record.document.set_status("active");
  record.document.set_created_at("2024-01-01T00:00:00Z");
  record.document.set_updated_at("2024-01-01T00:00:00Z");
  record.changed_fields = {"created_at", "email", "id", "status", "updated_at"};
  record.committed_at = 1704067200000000;
  record.body_salt.assign(16, '\xb1');
  record.actor_salt.assign(16, '\xa1');
  record.previous_hash.assign(32, '\0');
  return record;
}

TEST(VersionRecord, HashesTheWorkedExample) {
  VersionRecord first = FirstVersion();
  Seal(first);
  EXPECT_EQ(absl::BytesToHexString(first.body_hash),
            "117cfd9c481fd741cf1ae12c09ca39723460dec0222c528a04f3af9e0874f620");
  EXPECT_EQ(absl::BytesToHexString(first.actor_hash),
            "18a401dbc38d1bcd3a80159af9aa13a0639056e946b8f94f077e55b2b6d4951c");
  EXPECT_EQ(absl::BytesToHexString(first.hash),
            "9f43a085ca125886f6a3a3b726035880bc989b37003f64401a072ef6e184657d");

  VersionRecord second = FirstVersion();
  second.sequence = 2;
  second.version = 2;
  second.action = users::v1::ACTION_UPDATE;
  second.actor = "bob";
  second.auth = users::v1::AUTH_JWT;
  second.mutation_id = "m-2";
  second.reason = "why";
  second.document.set_status("é\"\n");
  second.document.set_updated_at("2024-01-02T00:00:00.000Z");
  second.changed_fields = {"status", "updated_at"};
  second.committed_at = 1704153600000001;
  second.body_salt.assign(16, '\xb2');
  second.actor_salt.assign(16, '\xa2');
  second.previous_hash = first.hash;
  Seal(second);
  EXPECT_EQ(absl::BytesToHexString(second.hash),
            "662b1d0ee9b9551070cb211d34f90ecae7bc8489723e980fe5ef5de1e5fb762c");

  VersionRecord third = FirstVersion();
  third.sequence = 3;
  third.actor = "frontend-client";
  third.auth = users::v1::AUTH_NONE;
  third.mutation_id = "m-3";
  third.document.set_id("u-2");
  third.document.set_email("bo@example.com");
  third.committed_at = 1704153600000002;
  third.body_salt.assign(16, '\xb3');
  third.actor_salt.assign(16, '\xa3');
  Seal(third);
  EXPECT_EQ(absl::BytesToHexString(third.hash),
            "71cd6d4a6a106a30416c8bfca7d30e629aa2223f8c1bf85ec747b2e7014c4ea8");
}

TEST(VersionRecord, IsHashedInTheCanonicalForm) {
  VersionRecord record = FirstVersion();
  Seal(record);
  EXPECT_EQ(
      VersionBodyJson(record),
      "{\"audit\":null,\"document\":{\"_deleted\":false,\"created_at\":\"2024-01-01T00:00:00Z\","
      "\"email\":\"ann@example.com\",\"id\":\"u-1\",\"status\":\"active\","
      "\"updated_at\":\"2024-01-01T00:00:00Z\"},\"mutation_id\":\"m-1\",\"object_id\":\"u-1\","
      "\"object_type\":\"user\",\"reason\":null}");
  const std::string entry = VersionEntryJson(record);
  EXPECT_EQ(entry.size(), 426u);
  EXPECT_EQ(entry, absl::StrCat("{\"action\":\"create\",\"actor_hash\":\"",
                                absl::BytesToHexString(record.actor_hash),
                                "\",\"auth\":\"nats\",\"body_hash\":\"",
                                absl::BytesToHexString(record.body_hash),
                                "\",\"changed_fields\":[\"created_at\",\"email\",\"id\",\"status\","
                                "\"updated_at\"],\"committed_at\":\"1704067200000000\","
                                "\"format\":\"usersync.version.1\",\"prev_hash\":\"",
                                std::string(64, '0'), "\",\"seq\":\"1\",\"version\":\"1\"}"));
}

TEST(VersionRecord, WritesNullForWhatIsAbsent) {
  VersionRecord record = FirstVersion();
  record.mutation_id.clear();
  record.actor.clear();
  Seal(record);
  EXPECT_THAT(VersionBodyJson(record), HasSubstr("\"mutation_id\":null,"));
  EXPECT_EQ(VersionActorJson(record), "null");
}

TEST(VersionRecord, HashesBothSidesOfWhatWasOverwritten) {
  VersionRecord record = FirstVersion();
  Seal(record);
  const std::string hash_without = record.hash;
  record.audit.emplace();
  record.audit->mine = record.document;
  record.audit->theirs = record.document;
  record.audit->theirs.set_status("invited");
  Seal(record);
  EXPECT_EQ(record.audit_json,
            absl::StrCat("{\"base\":null,\"mine\":", CanonicalDocument(record.document),
                         ",\"policy\":\"overwrite\",\"theirs\":",
                         CanonicalDocument(record.audit->theirs), "}"));
  EXPECT_THAT(VersionBodyJson(record), StartsWith(absl::StrCat("{\"audit\":", record.audit_json)));
  EXPECT_NE(record.hash, hash_without);
}

TEST(VersionRecord, ReadsItsWordsBack) {
  for (int i = users::v1::ACTION_CREATE; i <= users::v1::ACTION_ERASE; ++i) {
    const auto action = static_cast<users::v1::Action>(i);
    EXPECT_EQ(ActionFromName(ActionName(action)), action);
  }
  EXPECT_EQ(AuthFromName("jwt"), users::v1::AUTH_JWT);
  EXPECT_EQ(ActionFromName("no action"), users::v1::ACTION_UNSPECIFIED);
}

}  // namespace
}  // namespace usersync::store
