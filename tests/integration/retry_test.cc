// A mutation that is asked again gets its first answer again, whatever happened since.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/traffic/crowd.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

json With(json document, const std::string& field, const json& value) {
  document[field] = value;
  return document;
}

json Mutation(const std::string& id, const json& document, const json& assumed) {
  return {{"mutation_id", id}, {"document", document}, {"assumed", assumed}};
}

// All that a receipt says but whether it was said before, and what stands now.
json AnswerIn(json receipt) {
  receipt.erase("replayed");
  if (receipt["outcome"] == "CONFLICT" || receipt["outcome"] == "INVALID") {
    receipt.erase("document");
  }
  return receipt;
}

class Retry : public testing::Test {
 protected:
  Retry() { line_.Start(); }

  json Ask(const std::string& actor, const json& mutation) {
    const auto client = line_.Client(actor);
    const auto receipts = Must(client->Subscribe(absl::StrCat("users.receipt.", actor, ".retry")));
    Must(client->Publish({.subject = "users.update." + actor,
                          .payload = mutation.dump(),
                          .headers = {{"Users-Receipt", "retry"}}}));
    return json::parse(Must(receipts->Next(kPatience)).payload);
  }

  Line line_;
};

TEST_F(Retry, OfEveryOutcomeIsAnsweredAsTheFirstTimeAndChangesNothing) {
  const json ann = MakeDocument("ann");
  const json idle = With(ann, "status", "idle");
  const std::vector<json> mutations = {Mutation("applied", ann, nullptr),
                                       Mutation("edit", idle, ann),
                                       Mutation("merged", With(ann, "role", "boss"), ann),
                                       Mutation("conflict", With(ann, "status", "busy"), ann),
                                       Mutation("unchanged", With(idle, "role", "boss"), ann),
                                       Mutation("invalid", With(idle, "email", "nowhere"), idle)};
  std::map<std::string, json> first;
  for (const json& mutation : mutations) {
    first[mutation["mutation_id"]] = Ask("alice", mutation);
  }
  EXPECT_EQ(first["applied"]["outcome"], "APPLIED");
  EXPECT_EQ(first["merged"]["outcome"], "MERGED");
  EXPECT_EQ(first["conflict"]["outcome"], "CONFLICT");
  EXPECT_EQ(first["unchanged"]["outcome"], "UNCHANGED");
  EXPECT_EQ(first["invalid"]["outcome"], "INVALID");

  Crowd crowd(line_);
  crowd.AddPlainAuthor().PublishEdits(5000, 4, "later");
  Ask("bob", Mutation("bob-1", With(ann, "status", "from bob"), With(idle, "role", "boss")));
  line_.bridge().Kill9();
  line_.store().Kill9();
  line_.store().Start();
  line_.bridge().Start();
  crowd.Settle();

  const int64_t head = line_.Head();
  for (const json& mutation : mutations) {
    const std::string id = mutation["mutation_id"];
    const json again = Ask("alice", mutation);
    EXPECT_EQ(AnswerIn(again), AnswerIn(first[id]));
    EXPECT_EQ(again.value("replayed", false), true) << again;
    EXPECT_EQ(first[id].value("replayed", false), false) << first[id];
  }
  EXPECT_EQ(line_.Head(), head);
  crowd.ExpectPromisesKept();
}

TEST_F(Retry, WithOtherContentIsRefusedAndChangesNothing) {
  const json ann = MakeDocument("ann");
  const json first = Ask("alice", Mutation("m-1", ann, nullptr));
  EXPECT_EQ(first["outcome"], "APPLIED");
  for (const json& other :
       {Mutation("m-1", With(ann, "status", "idle"), nullptr),
        Mutation("m-1", MakeDocument("bo"), nullptr), Mutation("m-1", ann, ann)}) {
    const json receipt = Ask("alice", other);
    EXPECT_EQ(receipt["outcome"], "INVALID") << receipt;
    EXPECT_EQ(receipt["violations"][0]["reason"], "MUTATION_ID_REUSED") << receipt;
    EXPECT_EQ(receipt["violations"][0]["field"], "mutation_id") << receipt;
  }
  EXPECT_EQ(line_.Head(), 1);
  // The refusals are not the answer to the first.
  EXPECT_EQ(AnswerIn(Ask("alice", Mutation("m-1", ann, nullptr))), AnswerIn(first));
}

TEST_F(Retry, OfAnotherActorIsAnotherMutation) {
  EXPECT_EQ(Ask("alice", Mutation("m-1", MakeDocument("ann"), nullptr))["outcome"], "APPLIED");
  const json bobs = Ask("bob", Mutation("m-1", MakeDocument("bo"), nullptr));
  EXPECT_EQ(bobs["outcome"], "APPLIED");
  EXPECT_EQ(bobs["seq"], 2);
  EXPECT_EQ(bobs.value("replayed", false), false);
}

TEST_F(Retry, WithinOneMessageIsAnsweredTwiceAndTakesEffectOnce) {
  const json mutation = Mutation("m-1", MakeDocument("ann"), nullptr);
  const auto client = line_.Client("alice");
  const auto receipts = Must(client->Subscribe("users.receipt.alice.retry"));
  Must(client->Publish({.subject = "users.update.alice",
                        .payload = json::array({mutation, mutation}).dump(),
                        .headers = {{"Users-Receipt", "retry"}}}));
  const json first = json::parse(Must(receipts->Next(kPatience)).payload);
  json second = json::parse(Must(receipts->Next(kPatience)).payload);
  EXPECT_EQ(second["index"], 1);
  EXPECT_EQ(second["replayed"], true);
  second["index"] = 0;
  EXPECT_EQ(AnswerIn(first), AnswerIn(second));
  EXPECT_EQ(line_.Head(), 1);
}

TEST_F(Retry, OverGrpcOfWhatNatsHadBroughtIsTheSameMutation) {
  const json ann = MakeDocument("ann");
  EXPECT_EQ(Ask("alice", Mutation("m-1", ann, nullptr))["outcome"], "APPLIED");
  StoreStub stub = line_.Stub("gateway", "alice");
  users::v1::PushRequest request;
  request.add_mutations()->set_mutation_id("m-1");
  *request.mutable_mutations(0)->mutable_user() = UserFrom(ann);
  request.mutable_mutations(0)->set_assumed_absent(true);
  users::v1::PushResponse response;
  const auto context = stub.Context();
  const grpc::Status status = stub.sync().Push(context.get(), request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.receipts(0).outcome(), users::v1::OUTCOME_APPLIED);
  EXPECT_EQ(response.receipts(0).sequence(), 1);
  EXPECT_TRUE(response.receipts(0).replayed());
}

}  // namespace
}  // namespace usersync::tests
