#include "tests/integration/store_api.h"

#include "common/status.h"
#include "tests/harness/must.h"

namespace usersync::tests {

std::unique_ptr<Line> StoreApi::line_;

void StoreApi::SetUpTestSuite() {
  line_ = std::make_unique<Line>();
  line_->postgres().Start();
  line_->Migrate();
  line_->store().Start();
}

void StoreApi::TearDownTestSuite() { line_.reset(); }

StoreStub StoreApi::Direct(const std::string& token) const {
  return StoreStub({.address = line().store().address(), .token = token});
}

users::v1::User StoreApi::Get(const std::string& id) const {
  users::v1::GetUserRequest request;
  request.set_user_id(id);
  users::v1::GetUserResponse response;
  StoreStub stub = Direct("");
  Must(FromGrpc(stub.users().GetUser(stub.Context().get(), request, &response)));
  return response.user();
}

users::v1::User MakeUser(const std::string& id, const std::string& status) {
  users::v1::User user;
  user.set_id(id);
  user.set_email(id + "@example.com");
  user.set_status(status);
  user.set_created_at("2024-01-01T00:00:00Z");
  user.set_updated_at("2024-01-01T00:00:00.000Z");
  return user;
}

users::v1::Mutation MakeMutation(const std::string& mutation_id, const users::v1::User& user) {
  users::v1::Mutation mutation;
  mutation.set_mutation_id(mutation_id);
  *mutation.mutable_user() = user;
  mutation.set_unconditional(true);
  return mutation;
}

}  // namespace usersync::tests
