// VerifyHistory runs only a few at a time, fewer for one actor: one more is told so at once.
#include <algorithm>
#include <future>
#include <pqxx/pqxx>
#include <vector>

#include "tests/harness/eventually.h"
#include "tests/integration/api_error.h"
#include "tests/integration/store_api.h"

namespace usersync::tests {
namespace {

class VerificationsAtOnce : public StoreApi {
 protected:
  // Begins a verification for each of these callers while none can go on, and expects one too many
  // to be refused and the others to end well.
  void ExpectOneTooMany(const std::vector<std::string>& actors, const std::string& user_id) {
    pqxx::connection owner(line().preparation().owner_database_url);
    pqxx::work blocking(owner);
    blocking.exec("LOCK TABLE users");
    std::vector<std::future<grpc::Status>> calls;
    for (const std::string& actor : actors) {
      calls.push_back(std::async(std::launch::async, [=, this] { return Verify(actor, user_id); }));
    }
    const auto has_ended = [](const std::future<grpc::Status>& call) {
      return call.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    };
    EXPECT_TRUE(Eventually([&] { return std::any_of(calls.begin(), calls.end(), has_ended); }));
    blocking.commit();
    int refused = 0;
    for (auto& call : calls) {
      const grpc::Status status = call.get();
      if (status.ok()) continue;
      ++refused;
      EXPECT_THAT(status, IsError(grpc::StatusCode::RESOURCE_EXHAUSTED, "RATE_LIMITED"));
    }
    EXPECT_EQ(refused, 1);
    EXPECT_THAT(Verify(actors.front(), user_id), IsOk()) << "there is room again";
  }

 private:
  grpc::Status Verify(const std::string& actor, const std::string& user_id) const {
    StoreStub stub = Writer(actor);
    users::v1::VerifyHistoryRequest request;
    request.set_user_id(user_id);
    const auto context = stub.Context();
    const auto stream = stub.history().VerifyHistory(context.get(), request);
    users::v1::VerifyHistoryResponse response;
    while (stream->Read(&response)) {
    }
    return stream->Finish();
  }
};

TEST_F(VerificationsAtOnce, OneOfEverybody) { ExpectOneTooMany({"ann", "bob"}, ""); }

TEST_F(VerificationsAtOnce, FourOfSingleUsersAndTwoOfOneActor) {
  StoreStub writer = Writer();
  users::v1::CreateUserRequest request;
  *request.mutable_user() = MakeUser("checked");
  users::v1::CreateUserResponse response;
  ASSERT_THAT(writer.users().CreateUser(writer.Context().get(), request, &response), IsOk());
  ExpectOneTooMany({"ann", "bob", "cem", "dora", "eve"}, "checked");
  ExpectOneTooMany({"ann", "ann", "ann"}, "checked");
}

}  // namespace
}  // namespace usersync::tests
