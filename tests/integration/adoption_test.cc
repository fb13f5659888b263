// `migrate up` adopts a database that holds only the seed's two tables: nothing is lost, the
// history becomes one dense sequence whose hashes verify, and the line goes on with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/guarantees/guarantees.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/traffic/crowd.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr char kTables[] =
    "CREATE TABLE users (id BIGSERIAL PRIMARY KEY, email VARCHAR NOT NULL UNIQUE, "
    "status VARCHAR NOT NULL, role VARCHAR, created_at TIMESTAMPTZ DEFAULT NOW(), "
    "updated_at TIMESTAMPTZ DEFAULT NOW());"
    "CREATE TABLE version (id BIGSERIAL PRIMARY KEY, object_type VARCHAR NOT NULL, "
    "object_id BIGINT NOT NULL, version INTEGER NOT NULL, json JSONB NOT NULL, "
    "action VARCHAR NOT NULL, actor VARCHAR NOT NULL, created_at TIMESTAMPTZ DEFAULT NOW())";

constexpr char kUsers[] =
    "INSERT INTO users VALUES "
    "(1, 'Ann@example.com', 'busy', 'admin', '2024-01-01T00:00:00.5Z', '2024-01-03T00:00:00Z'),"
    "(2, 'bob@example.com', 'active', NULL, '2024-01-02T01:00:00+01', '2024-01-02T00:00:00Z'),"
    "(5, 'eve@example.com', 'new', 'user', '2024-01-05T00:00:00Z', '2024-01-06T00:00:00Z'),"
    "(7, 'gil@example.com', 'active', 'user', '2024-01-07T00:00:00Z', '2024-01-07T00:00:00Z')";

// Gaps between the ids; user 2 has Ann's address, in other letters, for a while; user 5 has no
// history; user 7 is deleted with its row still there, user 9 with its row gone.
constexpr char kVersions[] =
    "INSERT INTO version (id, object_type, object_id, version, json, action, actor, created_at) "
    "VALUES "
    "(3, 'user', 1, 1, '{\"id\":1,\"email\":\"Ann@example.com\",\"status\":\"active\",\"role\":"
    "\"admin\",\"created_at\":\"2024-01-01T00:00:00.5Z\",\"updated_at\":\"2024-01-01T00:00:00.5Z\"}"
    "',"
    "'create', 'frontend-client', '2024-01-01T00:00:01Z'),"
    "(10, 'user', 2, 1, '{\"email\":\"bob@example.com\"}', 'create', '', '2024-01-02T00:00:00Z'),"
    "(11, 'user', 2, 2, '{\"email\":\"ANN@example.com\"}', 'update', 'x', '2024-01-02T00:00:01Z'),"
    "(12, 'user', 2, 3, '{\"email\":\"bob@example.com\"}', 'update', 'x', '2024-01-02T00:00:02Z'),"
    "(40, 'user', 1, 2, '{\"email\":\"Ann@example.com\",\"status\":\"busy\",\"role\":\"admin\","
    "\"updated_at\":\"2024-01-03T00:00:00Z\"}', 'update', 'frontend-client', "
    "'2024-01-03T00:00:00Z'),"
    "(41, 'user', 9, 1, '{\"email\":\"ivy@example.com\",\"status\":\"active\"}', 'create', "
    "'frontend-client', '2024-01-03T00:00:00Z'),"
    "(50, 'user', 7, 1, '{}', 'create', 'frontend-client', '2024-01-07T00:00:00Z'),"
    "(60, 'user', 9, 2, '{\"email\":\"ivy@example.com\",\"status\":\"active\"}', 'delete', "
    "'frontend-client', '2024-01-08T00:00:00Z'),"
    "(61, 'user', 7, 2, '{}', 'delete', 'frontend-client', '2024-01-08T00:00:00Z'),"
    "(62, 'user', 7, 3, '{}', 'delete', 'frontend-client', '2024-01-08T00:00:00Z')";

class Adoption : public testing::Test {
 protected:
  Adoption() {
    line_.StartServers();
    Must(line_.owner().Query(kTables).status());
  }

  absl::StatusOr<std::string> Migrate(const std::string& command = "up") {
    return Store::Migrate(line_.preparation(), command);
  }

  // One column of the versions of a user, in order.
  std::string Column(const std::string& expression, int user) {
    return line_.reader().Text(
        absl::StrCat("SELECT string_agg(", expression,
                     ", ' ' ORDER BY id) FROM version WHERE object_id = ", user));
  }

  Line line_;
};

TEST_F(Adoption, KeepsEveryRowAsADenseHistoryThatTheLineGoesOnWith) {
  Must(line_.owner().Query(kUsers).status());
  Must(line_.owner().Query(kVersions).status());
  EXPECT_THAT(Must(Migrate()), HasSubstr("adopted 5 users and 11 versions"));

  const Evidence evidence{.history = Must(ReadHistory(line_.reader()))};
  EXPECT_THAT(Audited(evidence), testing::IsEmpty());
  EXPECT_EQ(evidence.history.head, 11);
  ASSERT_EQ(evidence.history.versions.size(), 11u);
  for (size_t i = 0; i < 11; ++i) {
    EXPECT_EQ(evidence.history.versions[i].seq, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(evidence.history.versions[i].auth, "none");
  }
  EXPECT_EQ(Column("id::text || action", 1), "1create 5update");
  EXPECT_EQ(Column("id::text || action", 2), "2create 3update 4update");
  EXPECT_EQ(Column("id::text || action", 5), "11create");
  EXPECT_EQ(Column("id::text || action", 7), "7create 9delete 10update");
  EXPECT_EQ(Column("id::text || action", 9), "6create 8delete");
  EXPECT_EQ(Column("actor", 2), "system x x");
  EXPECT_EQ(Column("actor", 5), "system");
  EXPECT_EQ(evidence.history.FindUser("1")->document,
            json::parse(R"({"id":"1","email":"Ann@example.com","status":"busy","role":"admin",
                "created_at":"2024-01-01T00:00:00.500000Z",
                "updated_at":"2024-01-03T00:00:00.000000Z","_deleted":false})"));
  EXPECT_EQ(evidence.history.FindUser("2")->document,
            json::parse(R"({"id":"2","email":"bob@example.com","status":"active",
                "created_at":"2024-01-02T00:00:00.000000Z",
                "updated_at":"2024-01-02T00:00:00.000000Z","_deleted":false})"));
  EXPECT_EQ(evidence.history.FindUser("5")->email, "eve@example.com");
  EXPECT_TRUE(evidence.history.FindUser("7")->deleted);
  EXPECT_TRUE(evidence.history.FindUser("9")->deleted);

  EXPECT_EQ(Must(Migrate()), "nothing to do\n");
  EXPECT_THAT(Must(Migrate("status")), testing::Not(HasSubstr("not applied")));

  line_.StartServices();
  Crowd crowd(line_);
  PlainAuthor& author = crowd.AddPlainAuthor();
  json document = evidence.history.FindUser("1")->document;
  document["status"] = "edited";
  author.Publish(document);
  document = evidence.history.FindUser("7")->document;
  document["_deleted"] = false;
  author.Publish(document);
  author.Publish(MakeDocument("new-one"));
  ASSERT_TRUE(Eventually([&] { return line_.Position() == 3; }));
  crowd.Settle();
  EXPECT_EQ(Column("id::text || action", 1), "1create 5update 12update");
  EXPECT_EQ(Column("id::text || action", 7), "7create 9delete 10update 13undelete");
  EXPECT_GT(line_.reader().Number("SELECT id FROM users WHERE doc_id = 'new-one'"), 9);
  crowd.ExpectPromisesKept();
}

TEST_F(Adoption, OfTwoUsersWithOneAddressIsLeftToAPersonAndChangesNothing) {
  Must(line_.owner()
           .Query("INSERT INTO users (email, status) VALUES ('ann@example.com', 'active'), "
                  "('Ann@Example.com', 'active')")
           .status());
  const auto refused = Migrate();
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.status().ToString(), HasSubstr("users 1 and 2 have the same e-mail address"));
  EXPECT_EQ(line_.owner().Number("SELECT count(*) FROM users"), 2);
  EXPECT_EQ(line_.owner().Text("SELECT to_regclass('feed') IS NULL"), "t");
  Must(line_.owner().Query("UPDATE users SET email = 'ann2@example.com' WHERE id = 2").status());
  EXPECT_THAT(Must(Migrate()), HasSubstr("adopted 2 users and 2 versions"));
}

TEST_F(Adoption, OfEmptyTablesIsAnEmptyStore) {
  EXPECT_THAT(Must(Migrate()), HasSubstr("adopted 0 users and 0 versions"));
  EXPECT_EQ(line_.Head(), 0);
  line_.StartServices();
  Crowd crowd(line_);
  crowd.AddPlainAuthor().PublishEdits(3, 3, "first");
  crowd.ExpectPromisesKept();
  EXPECT_EQ(line_.Head(), 3);
}

}  // namespace
}  // namespace usersync::tests
