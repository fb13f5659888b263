#include "store/refused_request.h"

#include <gmock/gmock.h>

#include "common/status.h"
#include "store/identifiers.h"
#include "store/sql_text.h"
#include "store/validate.h"

namespace usersync::store {
namespace {

users::v1::RefusedMutation Refused(const std::string& reason = "") {
  users::v1::RefusedMutation refused;
  refused.set_refused_id(17);
  refused.set_actor("ann");
  refused.set_auth(users::v1::AUTH_NATS);
  SetTimestamp(1704067200000001, refused.mutable_refuse_time());
  users::v1::Mutation& mutation = *refused.mutable_mutation();
  mutation.set_mutation_id("m-1");
  mutation.set_reason(reason);
  mutation.mutable_user()->set_id("u-1");
  mutation.mutable_assumed()->set_status("active");
  refused.set_payload(mutation.SerializeAsString());
  return refused;
}

users::v1::Mutation MutationOf(const users::v1::RefusedMutation& refused,
                               const std::string& administrator = "carol") {
  return std::get<users::v1::Mutation>(RequestToApply(refused, administrator)->content);
}

TEST(RefusedRequest, AsksForTheSameDocumentInTheAuthorsNameWithoutABelief) {
  const auto request = RequestToApply(Refused(), "carol");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->author.actor, "ann");
  EXPECT_EQ(request->author.auth, users::v1::AUTH_NATS);
  EXPECT_EQ(request->author.role, Role::kWriter);
  const auto& mutation = std::get<users::v1::Mutation>(request->content);
  EXPECT_EQ(mutation.user().id(), "u-1");
  EXPECT_TRUE(mutation.unconditional());
  EXPECT_EQ(mutation.reason(), "refused mutation 17, applied again by carol");
}

TEST(RefusedRequest, IsOneMutationWhoeverAppliesItAndNoClients) {
  const auto one = RequestToApply(Refused(), "carol");
  const auto other = RequestToApply(Refused(), "operator");
  EXPECT_EQ(one->mutation_id, "refused:17:1704067200000001000");
  EXPECT_TRUE(IsDerivedMutationId(one->mutation_id));
  EXPECT_FALSE(IsClientMutationId(one->mutation_id));
  EXPECT_EQ(one->mutation_id, other->mutation_id);
  EXPECT_EQ(one->request_hash, other->request_hash);
  EXPECT_EQ(one->request_hash.size(), 32u);
}

TEST(RefusedRequest, KeepsTheAuthorsReasonAsFarAsThereIsRoom) {
  EXPECT_EQ(MutationOf(Refused("why\nnot")).reason(),
            "refused mutation 17, applied again by carol: why\nnot");
  const std::string long_name(64, 'c');
  for (const std::string& words :
       {std::string(1024, 'w'), std::string(2000, 'w'), std::string("w\0rds", 5)}) {
    const auto mutation = MutationOf(Refused(words), long_name);
    const Principal author{.actor = "ann", .role = Role::kWriter, .derives_ids = true};
    for (const auto& violation : Validate(author, mutation, nullptr)) {
      EXPECT_NE(violation.field(), "reason") << violation.description();
    }
    EXPECT_THAT(mutation.reason(), testing::HasSubstr(long_name + ": w"));
  }
}

TEST(RefusedRequest, CannotBeMadeOfWhatNobodyCouldRead) {
  users::v1::RefusedMutation refused = Refused();
  refused.clear_mutation();
  const auto status = RequestToApply(refused, "carol").status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_EQ(ReasonOf(status), "REFUSED_UNDECODABLE");
}

}  // namespace
}  // namespace usersync::store
