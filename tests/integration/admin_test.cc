// AdminService: what was refused, as an operator sees it.
#include "tests/integration/admin_api.h"
#include "tests/integration/api_error.h"

namespace usersync::tests {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using users::v1::ListRefusedRequest;
using users::v1::ListRefusedResponse;
using users::v1::Mutation;
using users::v1::RefusedMutation;

using Admin = AdminApi;

std::vector<std::string> UsersOf(const std::vector<RefusedMutation>& refused) {
  std::vector<std::string> ids;
  for (const auto& mutation : refused) ids.push_back(mutation.user_id());
  return ids;
}

TEST_F(Admin, OnlyAnAdministratorMayAskAndOthersAreToldWhatIsMissing) {
  const auto refused = [](StoreStub stub) {
    ListRefusedResponse response;
    return stub.admin().ListRefused(stub.Context().get(), {}, &response);
  };
  for (const auto& status :
       {refused(Writer()), refused(Direct("")), refused(line().Stub("bridge"))}) {
    EXPECT_THAT(status, IsError(StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
    EXPECT_THAT(status.error_message(), HasSubstr("admin is a role"));
  }
  StoreStub carol({.address = line().store().address(),
                   .token = line().preparation().Secret("gateway.token"),
                   .actor = "carol",
                   .roles = "reader,admin"});
  EXPECT_THAT(refused(std::move(carol)), IsOk());
}

TEST_F(Admin, AnInvalidMutationIsListedWithWhoWhatWhyAndWhen) {
  Mutation mutation = MakeMutation("m-1", MakeUser("invalid", ""));
  mutation.set_reason("because");
  ASSERT_EQ(Push("ina", mutation).outcome(), users::v1::OUTCOME_INVALID);
  const RefusedMutation refused = OneRefusedOf("ina");
  EXPECT_GT(refused.refused_id(), 0);
  EXPECT_EQ(refused.actor(), "ina");
  EXPECT_EQ(refused.auth(), users::v1::AUTH_NONE);
  EXPECT_EQ(refused.outcome(), users::v1::OUTCOME_INVALID);
  EXPECT_EQ(refused.mutation_id(), "m-1");
  EXPECT_EQ(refused.user_id(), "invalid");
  EXPECT_EQ(refused.mutation().SerializeAsString(), mutation.SerializeAsString());
  EXPECT_EQ(refused.payload(), mutation.SerializeAsString());
  ASSERT_EQ(refused.violations_size(), 1);
  EXPECT_EQ(refused.violations(0).field(), "status");
  EXPECT_GT(refused.refuse_time().seconds(), 1700000000);
  EXPECT_THAT(refused.conflicts(), IsEmpty());
}

TEST_F(Admin, AConflictIsListedWithBothSidesOfEachField) {
  ASSERT_EQ(Push("cora", MakeMutation("c-1", MakeUser("torn"))).outcome(),
            users::v1::OUTCOME_APPLIED);
  ASSERT_EQ(Push("cora", MakeMutation("c-2", MakeUser("torn", "busy"))).outcome(),
            users::v1::OUTCOME_APPLIED);
  Mutation late = MakeMutation("c-3", MakeUser("torn", "idle"));
  *late.mutable_assumed() = MakeUser("torn");
  ASSERT_EQ(Push("cora", late).outcome(), users::v1::OUTCOME_CONFLICT);
  const RefusedMutation refused = OneRefusedOf("cora");
  EXPECT_EQ(refused.outcome(), users::v1::OUTCOME_CONFLICT);
  ASSERT_EQ(refused.conflicts_size(), 1);
  const auto& conflict = refused.conflicts(0);
  EXPECT_EQ(conflict.field(), "status");
  EXPECT_EQ(conflict.base().string_value(), "active");
  EXPECT_EQ(conflict.mine().string_value(), "idle");
  EXPECT_EQ(conflict.theirs().string_value(), "busy");
}

TEST_F(Admin, WhatCouldNotBeDecodedIsListedAsItCame) {
  const std::string payload("\xff\xfe\0{", 4);
  Ingest("udo", payload);
  Refuse("udo", "decoded");
  Mutation nameless = MakeMutation("", MakeUser("nameless"));
  ASSERT_EQ(Push("udo", nameless).outcome(), users::v1::OUTCOME_INVALID);
  const auto all = RefusedOf("udo");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].mutation().SerializeAsString(), nameless.SerializeAsString());
  EXPECT_EQ(all[2].payload(), payload);
  EXPECT_FALSE(all[2].has_mutation());
  EXPECT_EQ(all[2].auth(), users::v1::AUTH_NATS);
  EXPECT_EQ(all[2].user_id(), "");
}

TEST_F(Admin, PagesGoOnWhereTheyEndedWhileMoreIsRefused) {
  for (const char* id : {"p-1", "p-2", "p-3"}) Refuse("pam", id);
  Refuse("other", "p-0");
  EXPECT_THAT(UsersOf(RefusedOf("pam")), ElementsAre("p-3", "p-2", "p-1"));
  ListRefusedRequest request;
  request.set_actor("pam");
  request.set_page_size(1);
  ASSERT_THAT(List(request), IsOk());
  request.set_page_token(page_.next_page_token());
  Refuse("pam", "p-4");
  request.set_page_size(0);
  ASSERT_THAT(List(request), IsOk());
  EXPECT_THAT(UsersOf({page_.refused().begin(), page_.refused().end()}), ElementsAre("p-2", "p-1"));
  EXPECT_EQ(page_.next_page_token(), "");
  ASSERT_THAT(List({}), IsOk());
  EXPECT_EQ(page_.refused(0).user_id(), "p-4") << "of everybody, newest first";
  EXPECT_THAT(RefusedOf("nobody"), IsEmpty());
}

TEST_F(Admin, ListRefusesSizesAndTokensThatAreNotItsOwn) {
  for (const char* id : {"t-1", "t-2"}) Refuse("tom", id);
  ListRefusedRequest request;
  for (const int size : {-1, 1001}) {
    request.set_page_size(size);
    const grpc::Status status = List(request);
    EXPECT_THAT(status, IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
    EXPECT_THAT(FieldsOf(status), ElementsAre("page_size"));
  }
  request.set_page_size(1);
  request.set_actor("tom");
  ASSERT_THAT(List(request), IsOk());
  request.set_page_token(page_.next_page_token());
  request.set_actor("");
  EXPECT_THAT(List(request), IsError(StatusCode::INVALID_ARGUMENT, "TOKEN_MALFORMED"))
      << "of another list";
  request.set_page_token("tomorrow");
  EXPECT_THAT(List(request), IsError(StatusCode::INVALID_ARGUMENT, "TOKEN_MALFORMED"));
  request.clear_page_token();
  request.set_actor(std::string("a\0b", 3));
  EXPECT_THAT(FieldsOf(List(request)), ElementsAre("actor"));
}

}  // namespace
}  // namespace usersync::tests
