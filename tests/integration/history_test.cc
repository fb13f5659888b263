// HistoryService: single versions, pages, streams and differences.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/history_api.h"

namespace usersync::tests {
namespace {

using users::v1::ListVersionsRequest;
using users::v1::ListVersionsResponse;
using users::v1::StreamHistoryRequest;
using users::v1::Version;

class History : public HistoryApi {
 protected:
  // Makes a user with so many versions.
  void Grow(const std::string& id, int versions) {
    Create(id);
    for (int i = 2; i <= versions; ++i) SetStatus(id, absl::StrCat("status-", i));
  }

  grpc::Status List(const ListVersionsRequest& request, ListVersionsResponse* response) {
    return reader_.history().ListVersions(reader_.Context().get(), request, response);
  }

  StreamHistoryRequest Streaming(const std::string& id, users::v1::Order order, int after = 0) {
    StreamHistoryRequest request;
    request.set_user_id(id);
    request.set_order(order);
    request.set_after_version(after);
    return request;
  }
};

TEST_F(History, AVersionTellsWhoDidWhatWhenAndWhy) {
  const auto created = Create("told");
  users::v1::UpdateUserRequest request;
  request.mutable_user()->set_id("told");
  request.mutable_user()->set_status("paused");
  request.set_mutation_id("told-2");
  request.set_reason("on leave");
  users::v1::UpdateUserResponse updated;
  ASSERT_THAT(writer_.users().UpdateUser(writer_.Context().get(), request, &updated), IsOk());
  Version version;
  ASSERT_THAT(GetVersion("told", 2, &version), IsOk());
  EXPECT_EQ(version.user_id(), "told");
  EXPECT_EQ(version.version(), 2);
  EXPECT_EQ(version.sequence(), updated.user().sequence());
  EXPECT_EQ(version.action(), users::v1::ACTION_UPDATE);
  EXPECT_EQ(version.actor(), "alice");
  EXPECT_EQ(version.auth(), users::v1::AUTH_NONE);
  EXPECT_EQ(version.mutation_id(), "told-2");
  EXPECT_EQ(version.reason(), "on leave");
  EXPECT_EQ(version.user().status(), "paused");
  EXPECT_EQ(version.commit_time().DebugString(), updated.user().update_time().DebugString());
  EXPECT_THAT(
      std::vector<std::string>(version.changed_fields().begin(), version.changed_fields().end()),
      testing::ElementsAre("status", "updated_at"));
  EXPECT_FALSE(version.has_proof());
  ASSERT_THAT(GetVersion("told", 1, &version), IsOk());
  EXPECT_EQ(version.action(), users::v1::ACTION_CREATE);
  EXPECT_EQ(version.user().status(), created.status());
}

TEST_F(History, AProofComesWhenAskedForAndChainsToTheVersionBefore) {
  Grow("proven", 2);
  Version first;
  Version second;
  ASSERT_THAT(GetVersion("proven", 1, &first, true), IsOk());
  ASSERT_THAT(GetVersion("proven", 2, &second, true), IsOk());
  EXPECT_EQ(first.proof().format(), "usersync.version.1");
  EXPECT_EQ(first.proof().previous_hash(), std::string(32, '\0'));
  EXPECT_EQ(second.proof().previous_hash(), first.proof().hash());
  EXPECT_EQ(second.proof().body_salt().size(), 16u);
  EXPECT_EQ(second.proof().actor_salt().size(), 16u);
  EXPECT_EQ(second.proof().body_hash().size(), 32u);
  EXPECT_EQ(second.proof().actor_hash().size(), 32u);
  EXPECT_EQ(second.proof().hash().size(), 32u);
}

TEST_F(History, NamesWhatIsNotThere) {
  Grow("known", 1);
  Version version;
  EXPECT_THAT(GetVersion("known", 2, &version),
              IsError(grpc::StatusCode::NOT_FOUND, "VERSION_NOT_FOUND"));
  EXPECT_THAT(GetVersion("known", 0, &version),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(GetVersion("unknown", 1, &version),
              IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
  EXPECT_THAT(GetVersion("", 1, &version),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  std::vector<users::v1::FieldDiff> diffs;
  EXPECT_THAT(Diff("known", 1, 2, &diffs),
              IsError(grpc::StatusCode::NOT_FOUND, "VERSION_NOT_FOUND"));
  EXPECT_THAT(Diff("known", -1, 1, &diffs),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(Diff("unknown", 0, 0, &diffs),
              IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
  std::vector<Version> versions;
  EXPECT_THAT(Stream(Streaming("unknown", users::v1::ORDER_OLDEST_FIRST), &versions),
              IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
}

TEST_F(History, PagesGoOnWhereTheyEndedWhileTheUserIsWritten) {
  Grow("paged", 25);
  ListVersionsRequest request;
  request.set_user_id("paged");
  request.set_page_size(10);
  std::vector<Version> versions;
  for (int page = 0; page < 3; ++page) {
    ListVersionsResponse response;
    ASSERT_THAT(List(request, &response), IsOk());
    versions.insert(versions.end(), response.versions().begin(), response.versions().end());
    request.set_page_token(response.next_page_token());
    for (int i = 0; i < 7; ++i) SetStatus("paged", absl::StrCat("page-", page, "-", i));
  }
  EXPECT_TRUE(request.page_token().empty());
  EXPECT_EQ(NumbersOf(versions), Numbers(25, 1));
}

TEST_F(History, APageTokenIsGoodForItsListAlone) {
  Grow("token-1", 3);
  Grow("token-2", 3);
  ListVersionsRequest request;
  request.set_user_id("token-1");
  request.set_page_size(1);
  ListVersionsResponse response;
  ASSERT_THAT(List(request, &response), IsOk());
  const std::string token = response.next_page_token();
  users::v1::ListUsersRequest users;
  users.set_page_token(token);
  users::v1::ListUsersResponse listed;
  EXPECT_THAT(reader_.users().ListUsers(reader_.Context().get(), users, &listed),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "TOKEN_MALFORMED"));
  request.set_user_id("token-2");
  for (const std::string& bad : {token, std::string("no token"), token + "="}) {
    request.set_page_token(bad);
    EXPECT_THAT(List(request, &response),
                IsError(grpc::StatusCode::INVALID_ARGUMENT, "TOKEN_MALFORMED"));
  }
  request.clear_page_token();
  for (const int size : {-1, 1001}) {
    request.set_page_size(size);
    EXPECT_THAT(List(request, &response),
                IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  }
}

TEST_F(History, StreamsInBothOrdersAndFromWhereItWasInterrupted) {
  Grow("streamed", 12);
  std::vector<Version> versions;
  ASSERT_THAT(Stream(Streaming("streamed", users::v1::ORDER_UNSPECIFIED), &versions), IsOk());
  EXPECT_EQ(NumbersOf(versions), Numbers(1, 12));
  ASSERT_THAT(Stream(Streaming("streamed", users::v1::ORDER_NEWEST_FIRST), &versions), IsOk());
  EXPECT_EQ(NumbersOf(versions), Numbers(12, 1));
  ASSERT_THAT(Stream(Streaming("streamed", users::v1::ORDER_OLDEST_FIRST, 7), &versions), IsOk());
  EXPECT_EQ(NumbersOf(versions), Numbers(8, 12));
  ASSERT_THAT(Stream(Streaming("streamed", users::v1::ORDER_NEWEST_FIRST, 7), &versions), IsOk());
  EXPECT_EQ(NumbersOf(versions), Numbers(12, 8));
  ASSERT_THAT(Stream(Streaming("streamed", users::v1::ORDER_OLDEST_FIRST, 12), &versions), IsOk());
  EXPECT_TRUE(versions.empty());
  EXPECT_THAT(Stream(Streaming("streamed", users::v1::ORDER_OLDEST_FIRST, -1), &versions),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(Stream(Streaming("streamed", static_cast<users::v1::Order>(9)), &versions),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
}

TEST_F(History, AStreamEndsAndIsDenseWhileItsUserIsWritten) {
  // More than one page.
  users::v1::PushRequest request;
  for (int i = 0; i < 900; ++i) {
    *request.add_mutations() =
        MakeMutation(absl::StrCat("busy-", i), MakeUser("busy", absl::StrCat("status-", i)));
  }
  users::v1::PushResponse response;
  ASSERT_THAT(writer_.sync().Push(writer_.Context().get(), request, &response), IsOk());
  std::atomic<bool> done = false;
  std::thread author([&] {
    for (int i = 0; !done; ++i) SetStatus("busy", absl::StrCat("later-", i));
  });
  for (const auto order : {users::v1::ORDER_OLDEST_FIRST, users::v1::ORDER_NEWEST_FIRST}) {
    std::vector<Version> versions;
    EXPECT_THAT(Stream(Streaming("busy", order), &versions), IsOk());
    const int newest = static_cast<int>(versions.size());
    EXPECT_GE(newest, 900);
    EXPECT_EQ(NumbersOf(versions),
              order == users::v1::ORDER_OLDEST_FIRST ? Numbers(1, newest) : Numbers(newest, 1));
  }
  done = true;
  author.join();
}

TEST_F(History, ADifferenceNamesFieldsInTheOrderOfTheSchema) {
  Grow("differs", 2);
  Delete("differs");
  const auto fields = [](const std::vector<users::v1::FieldDiff>& diffs) {
    std::vector<std::string> names;
    for (const auto& diff : diffs) names.push_back(diff.field());
    return names;
  };
  std::vector<users::v1::FieldDiff> diffs;
  ASSERT_THAT(Diff("differs", 1, 2, &diffs), IsOk());
  EXPECT_THAT(fields(diffs), testing::ElementsAre("status", "updated_at"));
  EXPECT_EQ(diffs[0].before().string_value(), "active");
  EXPECT_EQ(diffs[0].after().string_value(), "status-2");
  ASSERT_THAT(Diff("differs", 2, 0, &diffs), IsOk());
  EXPECT_THAT(fields(diffs), testing::ElementsAre("updated_at", "_deleted"));
  EXPECT_TRUE(diffs[1].after().bool_value());
  ASSERT_THAT(Diff("differs", 0, 1, &diffs), IsOk());
  EXPECT_THAT(fields(diffs),
              testing::ElementsAre("id", "email", "status", "created_at", "updated_at"));
  EXPECT_FALSE(diffs[0].has_before());
  ASSERT_THAT(Diff("differs", 2, 2, &diffs), IsOk());
  EXPECT_TRUE(diffs.empty());
  ASSERT_THAT(Diff("differs", 2, 1, &diffs), IsOk());
  EXPECT_EQ(diffs[0].after().string_value(), "active");
}

TEST_F(History, AnErasedVersionKeepsItsProofAndLosesItsContent) {
  Grow("gone", 3);
  EraseContent("gone", 2);
  Version version;
  ASSERT_THAT(GetVersion("gone", 2, &version, true), IsOk());
  EXPECT_FALSE(version.has_user());
  EXPECT_TRUE(version.mutation_id().empty());
  EXPECT_TRUE(version.proof().body_salt().empty());
  EXPECT_EQ(version.proof().hash().size(), 32u);
  std::vector<Version> versions;
  ASSERT_THAT(Stream(Streaming("gone", users::v1::ORDER_OLDEST_FIRST), &versions), IsOk());
  EXPECT_EQ(NumbersOf(versions), Numbers(1, 3));
  std::vector<users::v1::FieldDiff> diffs;
  EXPECT_THAT(Diff("gone", 1, 3, &diffs),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "USER_ERASED"));
}

TEST_F(History, IsForReaders) {
  StoreStub nobody({.address = line().store().address(),
                    .token = line().preparation().Secret("gateway.token"),
                    .actor = "mallory",
                    .roles = "none"});
  Grow("secret", 1);
  users::v1::GetVersionRequest get;
  get.set_user_id("secret");
  get.set_version(1);
  users::v1::GetVersionResponse got;
  EXPECT_THAT(nobody.history().GetVersion(nobody.Context().get(), get, &got),
              IsError(grpc::StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
  const auto context = nobody.Context();
  const auto stream = nobody.history().StreamHistory(
      context.get(), Streaming("secret", users::v1::ORDER_OLDEST_FIRST));
  users::v1::StreamHistoryResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_THAT(stream->Finish(), IsError(grpc::StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
}

}  // namespace
}  // namespace usersync::tests
