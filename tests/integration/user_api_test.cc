// UserService and SyncService as the gateway calls them: every answer and every error.
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/store_api.h"

namespace usersync::tests {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::IsEmpty;
using users::v1::User;

class UserApi : public StoreApi {
 protected:
  grpc::Status Create(const User& user, const std::string& mutation_id = "") {
    users::v1::CreateUserRequest request;
    *request.mutable_user() = user;
    request.set_mutation_id(mutation_id);
    users::v1::CreateUserResponse response;
    const auto status = writer_.users().CreateUser(writer_.Context().get(), request, &response);
    user_ = response.user();
    return status;
  }

  grpc::Status Update(const User& user, const std::vector<std::string>& mask = {},
                      int expected_version = 0) {
    users::v1::UpdateUserRequest request;
    *request.mutable_user() = user;
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    if (expected_version != 0) request.set_expected_version(expected_version);
    users::v1::UpdateUserResponse response;
    const auto status = writer_.users().UpdateUser(writer_.Context().get(), request, &response);
    user_ = response.user();
    return status;
  }

  grpc::Status Delete(const std::string& id, int expected_version = 0) {
    users::v1::DeleteUserRequest request;
    request.set_user_id(id);
    if (expected_version != 0) request.set_expected_version(expected_version);
    users::v1::DeleteUserResponse response;
    const auto status = writer_.users().DeleteUser(writer_.Context().get(), request, &response);
    user_ = response.user();
    return status;
  }

  grpc::Status List(const users::v1::ListUsersRequest& request) {
    return writer_.users().ListUsers(writer_.Context().get(), request, &page_);
  }

  // The ids of all pages of a list.
  std::vector<std::string> ListAll(users::v1::ListUsersRequest request) {
    std::vector<std::string> ids;
    do {
      Must(FromGrpc(List(request)));
      for (const User& user : page_.users()) ids.push_back(user.id());
      request.set_page_token(page_.next_page_token());
    } while (!page_.next_page_token().empty());
    return ids;
  }

  StoreStub writer_ = Writer();
  User user_;
  users::v1::ListUsersResponse page_;
};

TEST_F(UserApi, CreatesAUserAsAskedAndFillsInWhatIsMissing) {
  ASSERT_THAT(Create(MakeUser("created")), IsOk());
  EXPECT_EQ(user_.SerializeAsString(), Get("created").SerializeAsString());
  EXPECT_EQ(user_.version(), 1);
  EXPECT_EQ(user_.updated_at(), "2024-01-01T00:00:00.000Z");
  EXPECT_GT(user_.create_time().seconds(), 1700000000);
  EXPECT_FALSE(user_.has_delete_time());
  User sparse;
  sparse.set_email("sparse@example.com");
  sparse.set_status("new");
  ASSERT_THAT(Create(sparse), IsOk());
  EXPECT_THAT(user_.id(), testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-.*"));
  EXPECT_THAT(user_.created_at(), testing::MatchesRegex("....-..-..T..:..:..\\....Z"));
  EXPECT_EQ(user_.created_at(), user_.updated_at());
}

TEST_F(UserApi, RefusesAUserThatExistsAndAnAddressThatIsTaken) {
  ASSERT_THAT(Create(MakeUser("first")), IsOk());
  EXPECT_THAT(Create(MakeUser("first")), IsError(StatusCode::ALREADY_EXISTS, "USER_EXISTS"));
  User other = MakeUser("second");
  other.set_email("FIRST@example.COM");
  EXPECT_THAT(Create(other), IsError(StatusCode::ALREADY_EXISTS, "EMAIL_TAKEN"));
  ASSERT_THAT(Create(MakeUser("third")), IsOk());
  other.set_id("third");
  EXPECT_THAT(Update(other), IsError(StatusCode::ALREADY_EXISTS, "EMAIL_TAKEN"));
  ASSERT_THAT(Delete("first"), IsOk());
  EXPECT_THAT(Update(other), IsOk());
  EXPECT_THAT(Create(MakeUser("first")), IsError(StatusCode::ALREADY_EXISTS, "USER_EXISTS"));
}

TEST_F(UserApi, NamesEveryBrokenRule) {
  User user = MakeUser("broken");
  user.set_email("nobody");
  user.set_status("");
  user.set_created_at("yesterday");
  const grpc::Status status = Create(user);
  EXPECT_THAT(status, IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(status), testing::UnorderedElementsAre("email", "status", "created_at"));
  EXPECT_THAT(Create(MakeUser("with space")),
              IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(Create(MakeUser("good"), "bad:id"),
              IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
}

TEST_F(UserApi, UpdatesTheNamedFieldsOrElseThoseThatAreSet) {
  User user = MakeUser("updated");
  user.set_role("admin");
  ASSERT_THAT(Create(user), IsOk());
  user.set_status("busy");
  user.clear_role();
  ASSERT_THAT(Update(user, {"status"}), IsOk());
  EXPECT_EQ(user_.role(), "admin");
  EXPECT_EQ(user_.status(), "busy");
  EXPECT_NE(user_.updated_at(), user.updated_at());
  ASSERT_THAT(Update(user, {"role", "updated_at"}), IsOk());
  EXPECT_FALSE(user_.has_role());
  EXPECT_EQ(user_.updated_at(), user.updated_at());
  User only_status;
  only_status.set_id("updated");
  only_status.set_status("idle");
  ASSERT_THAT(Update(only_status), IsOk());
  EXPECT_EQ(user_.email(), "updated@example.com");
  EXPECT_EQ(user_.version(), 4);
  ASSERT_THAT(Update(only_status), IsOk());
  EXPECT_EQ(user_.version(), 4) << "nothing differed";
  User deleted = only_status;
  deleted.set_deleted(true);
  EXPECT_THAT(Update(deleted), IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  ASSERT_THAT(Update(deleted, {"status"}), IsOk());
  EXPECT_FALSE(user_.deleted()) << "the mask does not name it";
  for (const char* path : {"id", "deleted", "_deleted", "version", "nickname", ""}) {
    EXPECT_THAT(Update(user, {path}), IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"))
        << path;
  }
  EXPECT_THAT(Update(MakeUser("nobody")), IsError(StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
}

TEST_F(UserApi, WritesOnlyOverTheVersionThatTheCallerHasSeen) {
  ASSERT_THAT(Create(MakeUser("seen")), IsOk());
  ASSERT_THAT(Update(MakeUser("seen", "busy"), {}, 1), IsOk());
  EXPECT_THAT(Update(MakeUser("seen", "idle"), {}, 1),
              IsError(StatusCode::ABORTED, "VERSION_MISMATCH"));
  EXPECT_THAT(Delete("seen", 1), IsError(StatusCode::ABORTED, "VERSION_MISMATCH"));
  EXPECT_EQ(Get("seen").status(), "busy");
  EXPECT_THAT(Delete("seen", 2), IsOk());
}

TEST_F(UserApi, ADeletedUserStaysReadableAndIsWrittenNoMore) {
  ASSERT_THAT(Create(MakeUser("gone")), IsOk());
  ASSERT_THAT(Delete("gone"), IsOk());
  EXPECT_TRUE(user_.deleted());
  EXPECT_TRUE(Get("gone").deleted());
  EXPECT_TRUE(Get("gone").has_delete_time());
  EXPECT_THAT(Delete("gone"), IsError(StatusCode::FAILED_PRECONDITION, "USER_DELETED"));
  EXPECT_THAT(Update(MakeUser("gone", "back")),
              IsError(StatusCode::FAILED_PRECONDITION, "USER_DELETED"));
  EXPECT_THAT(Delete("nobody"), IsError(StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
}

TEST_F(UserApi, AnswersARetryOnceAndRefusesItsIdForOtherContent) {
  ASSERT_THAT(Create(MakeUser("retried"), "create-once"), IsOk());
  const std::string first = user_.SerializeAsString();
  ASSERT_THAT(Create(MakeUser("retried"), "create-once"), IsOk());
  EXPECT_EQ(user_.SerializeAsString(), first);
  EXPECT_THAT(Create(MakeUser("retried", "other"), "create-once"),
              IsError(StatusCode::INVALID_ARGUMENT, "MUTATION_ID_REUSED"));
  EXPECT_EQ(Get("retried").version(), 1);
}

TEST_F(UserApi, ARetriedDeleteIsAnsweredAsTheFirst) {
  ASSERT_THAT(Create(MakeUser("redeleted")), IsOk());
  users::v1::DeleteUserRequest request;
  request.set_user_id("redeleted");
  request.set_mutation_id("delete-once");
  users::v1::DeleteUserResponse first;
  users::v1::DeleteUserResponse again;
  ASSERT_THAT(writer_.users().DeleteUser(writer_.Context().get(), request, &first), IsOk());
  ASSERT_THAT(writer_.users().DeleteUser(writer_.Context().get(), request, &again), IsOk());
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_TRUE(first.user().has_delete_time());
}

TEST_F(UserApi, GetNamesWhatIsWrong) {
  users::v1::GetUserRequest request;
  users::v1::GetUserResponse response;
  request.set_user_id("nobody");
  EXPECT_THAT(writer_.users().GetUser(writer_.Context().get(), request, &response),
              IsError(StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
  request.set_user_id("'; --");
  EXPECT_THAT(writer_.users().GetUser(writer_.Context().get(), request, &response),
              IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
}

TEST_F(UserApi, ListsInOrderOfIdsPageByPageWithFilters) {
  for (const char* id : {"list-b", "list-a", "list-d", "list-c"}) {
    User user = MakeUser(id, "listed");
    if (id == std::string("list-c")) user.set_role("admin");
    ASSERT_THAT(Create(user), IsOk());
  }
  ASSERT_THAT(Delete("list-b"), IsOk());
  users::v1::ListUsersRequest request;
  request.set_status("listed");
  request.set_page_size(2);
  EXPECT_THAT(ListAll(request), ElementsAre("list-a", "list-c", "list-d"));
  request.set_show_deleted(true);
  EXPECT_THAT(ListAll(request), ElementsAre("list-a", "list-b", "list-c", "list-d"));
  request.set_role("admin");
  EXPECT_THAT(ListAll(request), ElementsAre("list-c"));
  users::v1::ListUsersRequest by_address;
  by_address.set_email_prefix("list-d@");
  EXPECT_THAT(ListAll(by_address), ElementsAre("list-d"));
  by_address.set_email_prefix("list_%");
  EXPECT_THAT(ListAll(by_address), IsEmpty());
}

TEST_F(UserApi, ListRefusesSizesAndTokensThatAreNotItsOwn) {
  users::v1::ListUsersRequest request;
  for (const int size : {-1, 1001}) {
    request.set_page_size(size);
    const grpc::Status status = List(request);
    EXPECT_THAT(status, IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
    EXPECT_THAT(FieldsOf(status), ElementsAre("page_size"));
  }
  request.set_page_size(1000);
  EXPECT_THAT(List(request), IsOk());
  request.set_page_token("tomorrow");
  EXPECT_THAT(List(request), IsError(StatusCode::INVALID_ARGUMENT, "TOKEN_MALFORMED"));
}

TEST_F(UserApi, WhoHasNoTokenReadsAndWritesNothing) {
  ASSERT_THAT(Create(MakeUser("readable")), IsOk());
  StoreStub direct = Direct("");
  EXPECT_EQ(Get("readable").version(), 1);
  users::v1::CreateUserRequest create;
  *create.mutable_user() = MakeUser("unwritten");
  users::v1::CreateUserResponse created;
  EXPECT_THAT(direct.users().CreateUser(direct.Context().get(), create, &created),
              IsError(StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
  // What a direct caller says of itself counts for nothing.
  StoreStub liar({.address = line().store().address(), .actor = "mallory", .roles = "admin"});
  EXPECT_THAT(liar.users().CreateUser(liar.Context().get(), create, &created),
              IsError(StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
  users::v1::PushRequest push;
  *push.add_mutations() = MakeMutation("unwritten", MakeUser("unwritten"));
  users::v1::PushResponse pushed;
  EXPECT_THAT(direct.sync().Push(direct.Context().get(), push, &pushed),
              IsError(StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
  users::v1::ListUsersResponse list;
  StoreStub stranger = Direct("0123456789abcdef0123456789abcdef");
  EXPECT_EQ(stranger.users().ListUsers(stranger.Context().get(), {}, &list).error_code(),
            StatusCode::UNAUTHENTICATED);
}

TEST_F(UserApi, TheGatewaySaysWhoCallsAndInWhichRole) {
  const std::string token = line().preparation().Secret("gateway.token");
  const std::string address = line().store().address();
  users::v1::CreateUserRequest create;
  *create.mutable_user() = MakeUser("by-role");
  users::v1::CreateUserResponse created;
  StoreStub reader({.address = address, .token = token, .actor = "rita", .roles = "reader"});
  EXPECT_THAT(reader.users().CreateUser(reader.Context().get(), create, &created),
              IsError(StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
  StoreStub nobody({.address = address, .token = token, .actor = "nora", .roles = "baker"});
  users::v1::ListUsersResponse list;
  EXPECT_THAT(nobody.users().ListUsers(nobody.Context().get(), {}, &list),
              IsError(StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
  StoreStub odd({.address = address, .token = token, .actor = "not an actor", .roles = "writer"});
  EXPECT_THAT(odd.users().CreateUser(odd.Context().get(), create, &created),
              IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  ASSERT_THAT(Create(MakeUser("by-role")), IsOk());
  EXPECT_EQ(line().reader().Text("SELECT actor || ' ' || auth FROM version v JOIN users u ON "
                                 "u.id = v.object_id WHERE doc_id = 'by-role'"),
            "alice none");
}

}  // namespace
}  // namespace usersync::tests
