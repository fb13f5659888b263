// What a caller may send to disturb others: text that the database cannot hold, and requests that
// nothing knows. Each is answered alone.
#include <string>

#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/store_api.h"

namespace usersync::tests {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::IsEmpty;

class HostileCaller : public StoreApi {
 protected:
  users::v1::PushResponse Push(const users::v1::PushRequest& request) {
    users::v1::PushResponse response;
    EXPECT_THAT(writer_.sync().Push(writer_.Context().get(), request, &response), IsOk());
    return response;
  }

  StoreStub writer_ = Writer("mallory");
};

TEST_F(HostileCaller, TextThatTheDatabaseCannotHoldIsInvalidAndFailsNothingBesides) {
  users::v1::PushRequest request;
  *request.add_mutations() = MakeMutation("nul-before", MakeUser("nul-before"));
  auto& id = *request.add_mutations() = MakeMutation("nul-id", MakeUser("nul-id"));
  id.mutable_user()->set_id("a\0b"s);
  auto& email = *request.add_mutations() = MakeMutation("nul-email", MakeUser("nul-email"));
  email.mutable_user()->set_email("a\0b@example.com"s);
  auto& named = *request.add_mutations() = MakeMutation("nul\0"s, MakeUser("nul-name"));
  named.set_reason("because");
  auto& reason = *request.add_mutations() = MakeMutation("nul-reason", MakeUser("nul-reason"));
  reason.set_reason("\0"s);
  *request.add_mutations() = MakeMutation("nul-after", MakeUser("nul-after"));
  const auto response = Push(request);
  ASSERT_EQ(response.receipts_size(), 6);
  std::vector<std::string> fields;
  for (int i = 1; i <= 4; ++i) {
    EXPECT_EQ(response.receipts(i).outcome(), users::v1::OUTCOME_INVALID) << i;
    for (const auto& violation : response.receipts(i).violations()) {
      fields.push_back(violation.field());
    }
  }
  EXPECT_THAT(fields, ElementsAre("id", "email", "mutation_id", "reason"));
  EXPECT_EQ(response.receipts(0).outcome(), users::v1::OUTCOME_APPLIED);
  EXPECT_EQ(response.receipts(5).outcome(), users::v1::OUTCOME_APPLIED);
  const auto rows = Must(line().reader().Query(
      "SELECT user_id, mutation_id FROM refused WHERE actor = 'mallory' ORDER BY id LIMIT 3"));
  EXPECT_STREQ(rows[0][0].c_str(), "a?b");
  EXPECT_STREQ(rows[2][1].c_str(), "nul?");
}

// gRPC unpacks a message before it looks at its size.
TEST_F(HostileCaller, NoBombIsUnpacked) {
  const auto context = writer_.Context();
  context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
  users::v1::GetUserRequest request;
  request.set_user_id(std::string(64 << 20, 'a'));
  users::v1::GetUserResponse response;
  EXPECT_EQ(writer_.users().GetUser(context.get(), request, &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(HostileCaller, CommandsAboutIdsThatNobodyCanHaveFindNobody) {
  users::v1::CreateUserRequest create;
  *create.mutable_user() = MakeUser("nul-create");
  create.mutable_user()->set_id("a\0b"s);
  users::v1::CreateUserResponse created;
  const auto refused = writer_.users().CreateUser(writer_.Context().get(), create, &created);
  EXPECT_THAT(refused, IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(refused), ElementsAre("id"));
  users::v1::DeleteUserRequest erase;
  erase.set_user_id("a\0b"s);
  users::v1::DeleteUserResponse erased;
  EXPECT_THAT(writer_.users().DeleteUser(writer_.Context().get(), erase, &erased),
              IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
}

TEST_F(HostileCaller, AFilterThatNoUserCanMatchIsRefusedRatherThanCutShort) {
  users::v1::ListUsersRequest request;
  request.set_status("active\0"s);
  users::v1::ListUsersResponse response;
  const auto status = writer_.users().ListUsers(writer_.Context().get(), request, &response);
  EXPECT_THAT(status, IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(status), ElementsAre("status"));
  EXPECT_THAT(response.users(), IsEmpty());
}

TEST_F(HostileCaller, AStartThatNobodyKnowsIsRefusedAndAnEmptyFilterChoosesAll) {
  users::v1::WatchRequest request;
  request.set_start(static_cast<users::v1::WatchStart>(99));
  auto context = writer_.Context();
  users::v1::WatchResponse response;
  auto stream = writer_.feed().Watch(context.get(), request);
  EXPECT_FALSE(stream->Read(&response));
  const auto status = stream->Finish();
  EXPECT_THAT(status, IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(status), ElementsAre("start"));

  request.set_start(users::v1::WATCH_START_NOW);
  request.mutable_filter();
  context = writer_.Context();
  stream = writer_.feed().Watch(context.get(), request);
  EXPECT_TRUE(stream->Read(&response));
  context->TryCancel();
  stream->Finish();
}

}  // namespace
}  // namespace usersync::tests
