// UndeleteUser and RestoreUser: the past made current again, as a new version.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/history_api.h"

namespace usersync::tests {
namespace {

using users::v1::User;

class Revival : public HistoryApi {
 protected:
  grpc::Status UndeleteOne(const std::string& id, User* user, const std::string& mutation_id = "") {
    users::v1::UndeleteUserRequest request;
    request.set_user_id(id);
    request.set_mutation_id(mutation_id);
    request.set_reason("a mistake");
    return Undelete(request, user);
  }

  grpc::Status RestoreTo(const std::string& id, int version, User* user) {
    users::v1::RestoreUserRequest request;
    request.set_user_id(id);
    request.set_version(version);
    return Restore(request, user);
  }

  users::v1::Version Newest(const std::string& id) {
    users::v1::Version version;
    EXPECT_THAT(GetVersion(id, Get(id).version(), &version), IsOk());
    return version;
  }

  void Push(const std::string& mutation_id, const User& user) {
    users::v1::PushRequest request;
    *request.add_mutations() = MakeMutation(mutation_id, user);
    users::v1::PushResponse response;
    ASSERT_THAT(writer_.sync().Push(writer_.Context().get(), request, &response), IsOk());
    ASSERT_EQ(response.receipts(0).outcome(), users::v1::OUTCOME_APPLIED);
  }
};

TEST_F(Revival, AnUndeletedUserIsAsItWasBeforeTheDeletion) {
  Create("back");
  const User before = SetStatus("back", "paused");
  // A client's tombstone may say anything.
  User tombstone = MakeUser("back", "deleted");
  tombstone.set_email("nobody@example.com");
  tombstone.set_deleted(true);
  Push("back-delete", tombstone);
  tombstone.set_status("deleted twice");
  Push("back-again", tombstone);
  User user;
  ASSERT_THAT(UndeleteOne("back", &user), IsOk());
  EXPECT_FALSE(user.deleted());
  EXPECT_FALSE(user.has_delete_time());
  EXPECT_EQ(user.email(), before.email());
  EXPECT_EQ(user.status(), "paused");
  EXPECT_EQ(user.created_at(), before.created_at());
  EXPECT_GT(user.updated_at(), before.updated_at());
  EXPECT_EQ(user.version(), 5);
  const auto version = Newest("back");
  EXPECT_EQ(version.action(), users::v1::ACTION_UNDELETE);
  EXPECT_EQ(version.reason(), "a mistake");
  EXPECT_EQ(version.actor(), "alice");
}

TEST_F(Revival, AnAddressThatWasTakenMeanwhileStopsIt) {
  Create("evicted");
  Delete("evicted");
  User heir = MakeUser("heir");
  heir.set_email("EVICTED@example.com");
  Push("heir-1", heir);
  User user;
  EXPECT_THAT(UndeleteOne("evicted", &user),
              IsError(grpc::StatusCode::ALREADY_EXISTS, "EMAIL_TAKEN"));
  EXPECT_TRUE(Get("evicted").deleted());
  Delete("heir");
  EXPECT_THAT(UndeleteOne("evicted", &user), IsOk());
}

TEST_F(Revival, OnlyADeletedUserIsUndeleted) {
  const User living = Create("living");
  User user;
  EXPECT_THAT(UndeleteOne("living", &user),
              IsError(grpc::StatusCode::FAILED_PRECONDITION, "USER_DELETED"));
  EXPECT_THAT(UndeleteOne("nobody", &user), IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
  Delete("living");
  users::v1::UndeleteUserRequest request;
  request.set_user_id("living");
  request.set_expected_version(living.version());
  EXPECT_THAT(Undelete(request, &user), IsError(grpc::StatusCode::ABORTED, "VERSION_MISMATCH"));
  request.set_expected_version(2);
  EXPECT_THAT(Undelete(request, &user), IsOk());
}

TEST_F(Revival, ARepeatedMutationIsAnsweredAgainAndMakesNoVersion) {
  Create("once");
  Delete("once");
  User first;
  User again;
  ASSERT_THAT(UndeleteOne("once", &first, "undelete-once"), IsOk());
  ASSERT_THAT(UndeleteOne("once", &again, "undelete-once"), IsOk());
  EXPECT_EQ(again.version(), first.version());
  EXPECT_EQ(Get("once").version(), 3);
}

TEST_F(Revival, ARestoredVersionGivesBackEmailStatusAndRoleOnly) {
  Create("restored");
  User changed = MakeUser("restored", "changed");
  changed.set_email("changed@example.com");
  changed.set_role("admin");
  changed.set_created_at("2030-01-01T00:00:00Z");
  Push("restored-2", changed);
  User user;
  ASSERT_THAT(RestoreTo("restored", 1, &user), IsOk());
  EXPECT_EQ(user.email(), "restored@example.com");
  EXPECT_EQ(user.status(), "active");
  EXPECT_FALSE(user.has_role());
  EXPECT_EQ(user.created_at(), "2030-01-01T00:00:00Z");
  EXPECT_NE(user.updated_at(), changed.updated_at());
  EXPECT_EQ(user.version(), 3);
  EXPECT_EQ(Newest("restored").action(), users::v1::ACTION_RESTORE);
}

TEST_F(Revival, RestoringTheCurrentVersionMakesANewOneToo) {
  Create("same");
  User user;
  ASSERT_THAT(RestoreTo("same", 1, &user), IsOk());
  EXPECT_EQ(user.version(), 2);
  const auto version = Newest("same");
  EXPECT_EQ(version.action(), users::v1::ACTION_RESTORE);
  EXPECT_THAT(
      std::vector<std::string>(version.changed_fields().begin(), version.changed_fields().end()),
      testing::ElementsAre("updated_at"));
}

TEST_F(Revival, ARestoreNeedsALivingUserAndAVersionThatIsThere) {
  Create("needed");
  User user;
  EXPECT_THAT(RestoreTo("needed", 2, &user),
              IsError(grpc::StatusCode::NOT_FOUND, "VERSION_NOT_FOUND"));
  EXPECT_THAT(RestoreTo("needed", 0, &user),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(RestoreTo("nobody", 1, &user),
              IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
  User other = MakeUser("needed");
  other.set_email("elsewhere@example.com");
  Push("needed-2", other);
  User heir = MakeUser("needed-heir");
  heir.set_email("needed@example.com");
  Push("needed-heir-1", heir);
  EXPECT_THAT(RestoreTo("needed", 1, &user),
              IsError(grpc::StatusCode::ALREADY_EXISTS, "EMAIL_TAKEN"));
  Delete("needed");
  EXPECT_THAT(RestoreTo("needed", 1, &user),
              IsError(grpc::StatusCode::FAILED_PRECONDITION, "USER_DELETED"));
  users::v1::RestoreUserRequest request;
  request.set_user_id("needed-heir");
  request.set_version(1);
  request.set_expected_version(7);
  EXPECT_THAT(Restore(request, &user), IsError(grpc::StatusCode::ABORTED, "VERSION_MISMATCH"));
}

TEST_F(Revival, IsForWriters) {
  Create("guarded");
  User user;
  users::v1::UndeleteUserRequest undelete;
  undelete.set_user_id("guarded");
  users::v1::UndeleteUserResponse undeleted;
  EXPECT_THAT(reader_.users().UndeleteUser(reader_.Context().get(), undelete, &undeleted),
              IsError(grpc::StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
  users::v1::RestoreUserRequest restore;
  restore.set_user_id("guarded");
  restore.set_version(1);
  users::v1::RestoreUserResponse restored;
  EXPECT_THAT(reader_.users().RestoreUser(reader_.Context().get(), restore, &restored),
              IsError(grpc::StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
}

}  // namespace
}  // namespace usersync::tests
