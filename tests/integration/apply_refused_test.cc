// AdminService.ApplyRefused: what was refused is decided again, once, in its author's name.
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/must.h"
#include "tests/integration/admin_api.h"
#include "tests/integration/api_error.h"

namespace usersync::tests {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using users::v1::ApplyRefusedRequest;
using users::v1::ApplyRefusedResponse;
using users::v1::Mutation;
using users::v1::Receipt;

class ApplyRefused : public AdminApi {
 protected:
  grpc::Status Apply(StoreStub& stub, int64_t refused_id) {
    ApplyRefusedRequest request;
    request.set_refused_id(refused_id);
    ApplyRefusedResponse response;
    const auto status = stub.admin().ApplyRefused(stub.Context().get(), request, &response);
    receipt_ = response.receipt();
    return status;
  }

  Receipt Applied(int64_t refused_id) {
    Must(FromGrpc(Apply(admin_, refused_id)));
    return receipt_;
  }

  // What the last version of a user says beside the document.
  std::string LastVersion(const std::string& user_id, const std::string& columns) {
    return line().reader().Text(absl::StrCat(
        "SELECT concat_ws(' ', ", columns,
        ") FROM version v JOIN users u ON u.seq = v.id WHERE doc_id = '", user_id, "'"));
  }

  // Has an edit of `user_id` refused that both sides made.
  void MakeConflict(const std::string& actor, const std::string& user_id) {
    Push(actor, MakeMutation(user_id + "-1", MakeUser(user_id)));
    Push("bob", MakeMutation(user_id + "-2", MakeUser(user_id, "busy")));
    Mutation late = MakeMutation(user_id + "-3", MakeUser(user_id, "idle"));
    *late.mutable_assumed() = MakeUser(user_id);
    late.set_reason("she said so");
    ASSERT_EQ(Push(actor, late).outcome(), users::v1::OUTCOME_CONFLICT);
  }

  Receipt receipt_;
};

TEST_F(ApplyRefused, AConflictIsWonInTheAuthorsNameAndTheReasonNamesWhoAppliedIt) {
  MakeConflict("ann", "won");
  const auto refused = OneRefusedOf("ann");
  EXPECT_FALSE(refused.has_applied());
  StoreStub carol({.address = line().store().address(),
                   .token = line().preparation().Secret("gateway.token"),
                   .actor = "carol",
                   .roles = "admin"});
  ASSERT_THAT(Apply(carol, refused.refused_id()), IsOk());
  EXPECT_EQ(receipt_.outcome(), users::v1::OUTCOME_APPLIED);
  EXPECT_EQ(receipt_.version(), 3);
  EXPECT_EQ(Get("won").status(), "idle");
  EXPECT_EQ(LastVersion("won", "actor, auth, reason"),
            absl::StrCat("ann none refused mutation ", refused.refused_id(),
                         ", applied again by carol: she said so"));
  EXPECT_EQ(LastVersion("won", "mutation_id"), receipt_.mutation_id());
}

TEST_F(ApplyRefused, TwiceIsAnsweredTheSameWhoeverAsksAndShownInTheList) {
  MakeConflict("abe", "twice");
  const int64_t id = OneRefusedOf("abe").refused_id();
  Receipt first = Applied(id);
  Push("bob", MakeMutation("twice-4", MakeUser("twice", "later")));
  Receipt second = Applied(id);
  EXPECT_TRUE(second.replayed());
  second.clear_replayed();
  EXPECT_EQ(second.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(Get("twice").status(), "later");
  const auto refused = OneRefusedOf("abe");
  EXPECT_EQ(refused.applied().sequence(), first.sequence());
  EXPECT_EQ(refused.applied().version(), first.version());
  EXPECT_EQ(refused.applied().outcome(), users::v1::OUTCOME_APPLIED);
}

TEST_F(ApplyRefused, WhatIsRefusedAgainCanBeTriedAgainAndIsListedOnce) {
  Push("bob", MakeMutation("holder-1", MakeUser("holder")));
  users::v1::User user = MakeUser("waiter");
  user.set_email("holder@example.com");
  ASSERT_EQ(Push("ada", MakeMutation("waiter-1", user)).outcome(), users::v1::OUTCOME_INVALID);
  const int64_t id = OneRefusedOf("ada").refused_id();
  for (int times = 0; times < 2; ++times) {
    const Receipt receipt = Applied(id);
    EXPECT_EQ(receipt.outcome(), users::v1::OUTCOME_INVALID);
    ASSERT_EQ(receipt.violations_size(), 1);
    EXPECT_EQ(receipt.violations(0).reason(), users::v1::ERROR_REASON_EMAIL_TAKEN);
    EXPECT_FALSE(OneRefusedOf("ada").has_applied());
  }
  users::v1::User moved = MakeUser("holder");
  moved.set_email("moved@example.com");
  Push("bob", MakeMutation("holder-2", moved));
  EXPECT_EQ(Applied(id).outcome(), users::v1::OUTCOME_APPLIED);
  EXPECT_EQ(Get("waiter").email(), "holder@example.com");
}

TEST_F(ApplyRefused, WhatStandsAlreadyMakesNoVersion) {
  MakeConflict("amy", "already");
  Push("bob", MakeMutation("already-4", MakeUser("already", "idle")));
  const Receipt receipt = Applied(OneRefusedOf("amy").refused_id());
  EXPECT_EQ(receipt.outcome(), users::v1::OUTCOME_UNCHANGED);
  EXPECT_EQ(receipt.version(), 3);
}

TEST_F(ApplyRefused, ACommandIsAppliedAsAWhole) {
  Push("bob", MakeMutation("taken-1", MakeUser("taken")));
  users::v1::User full = MakeUser("commanded", "busy");
  full.set_role("clerk");
  Push("bob", MakeMutation("commanded-1", full));
  StoreStub writer = Writer("cleo");
  users::v1::UpdateUserRequest update;
  update.mutable_user()->set_id("commanded");
  update.mutable_user()->set_email("taken@example.com");
  users::v1::UpdateUserResponse response;
  EXPECT_THAT(writer.users().UpdateUser(writer.Context().get(), update, &response),
              IsError(StatusCode::ALREADY_EXISTS, "EMAIL_TAKEN"));
  users::v1::User moved = MakeUser("taken");
  moved.set_email("elsewhere@example.com");
  Push("bob", MakeMutation("taken-2", moved));
  EXPECT_EQ(Applied(OneRefusedOf("cleo").refused_id()).outcome(), users::v1::OUTCOME_APPLIED);
  const users::v1::User user = Get("commanded");
  EXPECT_EQ(user.email(), "taken@example.com");
  EXPECT_EQ(user.status(), "busy");
  EXPECT_EQ(user.role(), "clerk");
}

TEST_F(ApplyRefused, NobodyElseCanClaimTheIdThatItHas) {
  Refuse("axl", "claimed");
  const auto refused = OneRefusedOf("axl");
  const std::string id = absl::StrCat("refused:", refused.refused_id(), ":", 1);
  EXPECT_EQ(Push("axl", MakeMutation(id, MakeUser("claimed"))).violations(0).field(),
            "mutation_id");
}

TEST_F(ApplyRefused, NamesWhatCannotBeApplied) {
  Ingest("uma", "no json");
  EXPECT_THAT(Apply(admin_, OneRefusedOf("uma").refused_id()),
              IsError(StatusCode::FAILED_PRECONDITION, "REFUSED_UNDECODABLE"));
  EXPECT_THAT(Apply(admin_, 999999999), IsError(StatusCode::NOT_FOUND, "REFUSED_NOT_FOUND"));
  const auto status = Apply(admin_, 0);
  EXPECT_THAT(status, IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(status), ElementsAre("refused_id"));
  StoreStub writer = Writer();
  EXPECT_THAT(Apply(writer, 1), IsError(StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
}

}  // namespace
}  // namespace usersync::tests
