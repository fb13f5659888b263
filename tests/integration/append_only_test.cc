// Versions are only added: roles stop the service, triggers stop the owner.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/must.h"
#include "tests/integration/store_api.h"

namespace usersync::tests {
namespace {

using testing::HasSubstr;

// What the database answers to a statement: "" if it obeys.
std::string Refusal(Database& database, const std::string& sql) {
  return std::string(database.Query(sql).status().message());
}

class AppendOnly : public StoreApi {
 protected:
  static void SetUpTestSuite() {
    StoreApi::SetUpTestSuite();
    StoreStub writer = line().Stub("gateway", "alice");
    users::v1::PushRequest request;
    for (int i = 0; i < 3; ++i) {
      const std::string id = absl::StrCat("kept-", i);
      *request.add_mutations() = MakeMutation(id, MakeUser(id));
      request.mutable_mutations(i)->set_reason("because");
    }
    users::v1::PushResponse response;
    Must(FromGrpc(writer.sync().Push(writer.Context().get(), request, &response)));
  }
};

TEST_F(AppendOnly, TheServiceMayOnlyAddVersionsAnswersAndRefusals) {
  const auto store = Must(Database::Connect(line().preparation().store_database_url));
  for (const std::string table : {"version", "version_p0", "ledger", "refused"}) {
    for (const std::string& sql :
         {absl::StrCat("UPDATE ", table, " SET created_at = now()"),
          absl::StrCat("DELETE FROM ", table), absl::StrCat("TRUNCATE ", table)}) {
      EXPECT_THAT(Refusal(*store, sql), HasSubstr("permission denied")) << sql;
    }
  }
  for (const std::string sql :
       {"DELETE FROM users", "DELETE FROM feed", "DELETE FROM source", "TRUNCATE users",
        "ALTER TABLE version DISABLE TRIGGER ALL", "DROP TABLE version_p0"}) {
    EXPECT_THAT(Refusal(*store, sql),
                testing::AnyOf(HasSubstr("permission denied"), HasSubstr("must be owner")))
        << sql;
  }
}

TEST_F(AppendOnly, TriggersStopTheOwnerToo) {
  for (const std::string table : {"version", "version_p0"}) {
    for (const std::string& sql :
         {absl::StrCat("DELETE FROM ", table), absl::StrCat("TRUNCATE ", table),
          absl::StrCat("UPDATE ", table, " SET hash = body_hash"),
          absl::StrCat("UPDATE ", table, " SET action = 'erase'"),
          absl::StrCat("UPDATE ", table, " SET json = '{}'"),
          absl::StrCat("UPDATE ", table, " SET reason = 'another'"),
          absl::StrCat("UPDATE ", table, " SET json = NULL, created_at = now()")}) {
      EXPECT_THAT(Refusal(line().owner(), sql), HasSubstr("a version is never altered")) << sql;
    }
  }
}

TEST_F(AppendOnly, WhatMayBeErasedBecomesNullAndStaysSo) {
  Database& owner = line().owner();
  EXPECT_EQ(Refusal(owner,
                    "UPDATE version SET json = NULL, audit = NULL, reason = NULL, "
                    "mutation_id = NULL, body_salt = NULL, actor = NULL, "
                    "actor_salt = NULL WHERE id = 1"),
            "");
  for (const std::string sql : {"UPDATE version SET reason = 'again' WHERE id = 1",
                                "UPDATE version SET actor = 'mallory' WHERE id = 1"}) {
    EXPECT_THAT(Refusal(owner, sql), HasSubstr("a version is never altered")) << sql;
  }
}

TEST_F(AppendOnly, TheEraserMayTouchOnlyWhatMayBeErased) {
  const std::string columns = line().reader().Text(
      "SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_attribute "
      "WHERE attrelid = 'version'::regclass AND attnum > 0 "
      "AND has_column_privilege('usersync_eraser', 'version', attname, 'UPDATE')");
  EXPECT_EQ(columns, "actor actor_salt audit body_salt json mutation_id reason");
  for (const std::string right : {"INSERT", "DELETE", "TRUNCATE", "TRIGGER"}) {
    EXPECT_EQ(line().reader().Text("SELECT has_table_privilege('usersync_eraser', 'version', '" +
                                   right + "')"),
              "f")
        << right;
  }
}

TEST_F(AppendOnly, NamesAreTakenAwayByTheServiceAloneAsTheEraser) {
  for (const std::string sql :
       {"SELECT pseudonymise_versions('alice', 1, 3)", "SELECT forget_actor('alice', 3)"}) {
    EXPECT_THAT(Refusal(line().reader(), sql), HasSubstr("permission denied for function")) << sql;
  }
  EXPECT_EQ(
      line().reader().Number("SELECT count(*) FROM pg_proc WHERE prosecdef AND proowner = "
                             "'usersync_eraser'::regrole AND array_to_string(proconfig, ',') LIKE "
                             "'search_path=pg_catalog%' AND proname IN ('pseudonymise_versions', "
                             "'forget_actor')"),
      2);
}

}  // namespace
}  // namespace usersync::tests
