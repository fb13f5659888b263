// The worked example of audit.md, byte for byte.
#include "tests/guarantees/version_digest.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

VersionRow First() {
  VersionRow row;
  row.seq = 1;
  row.version = 1;
  row.document = json{{"id", "u-1"},
                      {"email", "ann@example.com"},
                      {"status", "active"},
                      {"created_at", "2024-01-01T00:00:00Z"},
                      {"updated_at", "2024-01-01T00:00:00Z"},
                      {"_deleted", false}};
  row.actor = "alice";
  row.mutation_id = "m-1";
  row.body_salt = std::string(16, '\xb1');
  row.actor_salt = std::string(16, '\xa1');
  row.object_type = "user";
  row.action = "create";
  row.auth = "nats";
  row.format = 1;
  row.committed_at = 1704067200000000;
  row.changed_fields = {"created_at", "email", "id", "status", "updated_at"};
  row.prev_hash = std::string(32, '\0');
  return row;
}

VersionRow Second(const VersionRow& first) {
  VersionRow row = first;
  row.seq = 2;
  row.version = 2;
  row.document->update({{"status", "é\"\n"}, {"updated_at", "2024-01-02T00:00:00.000Z"}});
  row.actor = "bob";
  row.auth = "jwt";
  row.mutation_id = "m-2";
  row.reason = "why";
  row.body_salt = std::string(16, '\xb2');
  row.actor_salt = std::string(16, '\xa2');
  row.action = "update";
  row.committed_at = 1704153600000001;
  row.changed_fields = {"status", "updated_at"};
  row.prev_hash = first.hash;
  return row;
}

void Digest(VersionRow& row) {
  row.body_hash = BodyHash(row, "u-1");
  row.actor_hash = ActorHash(row);
  row.hash = LeafHash(row);
}

TEST(VersionDigest, MakesTheHashesOfTheWorkedExample) {
  VersionRow first = First();
  Digest(first);
  EXPECT_EQ(absl::BytesToHexString(first.body_hash),
            "117cfd9c481fd741cf1ae12c09ca39723460dec0222c528a04f3af9e0874f620");
  EXPECT_EQ(absl::BytesToHexString(first.actor_hash),
            "18a401dbc38d1bcd3a80159af9aa13a0639056e946b8f94f077e55b2b6d4951c");
  EXPECT_EQ(absl::BytesToHexString(first.hash),
            "9f43a085ca125886f6a3a3b726035880bc989b37003f64401a072ef6e184657d");
  VersionRow second = Second(first);
  Digest(second);
  EXPECT_EQ(absl::BytesToHexString(second.hash),
            "662b1d0ee9b9551070cb211d34f90ecae7bc8489723e980fe5ef5de1e5fb762c");
}

}  // namespace
}  // namespace usersync::tests
