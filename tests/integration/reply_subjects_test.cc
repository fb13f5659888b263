// The server checks the reply subject of a message against nobody's permissions. So nobody may get
// anything sent to a subject only by naming it: neither by JetStream nor by the bridge.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tests/harness/eventually.h"
#include "tests/harness/line.h"
#include "tests/harness/must.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

struct Sender {
  std::string user;  // Empty: anonymous.
  std::string subject;
};

class ReplySubjects : public testing::Test {
 protected:
  ReplySubjects() {
    line_.Start();
    operator_ = line_.Client("operator");
  }

  // Publishes a new user, and names `reply` as where to answer.
  void PublishUpdate(const Sender& sender, const std::string& reply) {
    const auto client = line_.Client(sender.user);
    const std::string document = MakeDocument(absl::StrCat("user-", ++published_)).dump();
    Must(client->Publish({.subject = sender.subject, .payload = document, .reply = reply}));
    Must(client->Flush());
  }

  void AwaitAllTakenIn() {
    ASSERT_TRUE(Eventually([&] { return line_.Head() == published_ && line_.IsQuiet(); }));
  }

  int64_t MessagesIn(const std::string& stream) {
    return Must(line_.streams().Info(stream))["state"]["messages"].get<int64_t>();
  }

  // Ends the bridge in order, so that all its answers are out, and returns what came on `subject`.
  std::vector<NatsMessage> AllOn(NatsSubscription& witness, const std::string& subject) {
    EXPECT_EQ(line_.bridge().Terminate(), 0);
    Must(operator_->Publish(subject, "the end"));
    std::vector<NatsMessage> seen;
    for (NatsMessage next = Must(witness.Next(kPatience)); next.payload != "the end";
         next = Must(witness.Next(kPatience))) {
      seen.push_back(std::move(next));
    }
    return seen;
  }

  // What a pull of `sender` brings to `reply`.
  std::vector<NatsMessage> AnswersTo(const Sender& sender, const std::string& reply) {
    const auto witness = Must(operator_->Subscribe(reply));
    Must(operator_->Flush());
    const auto client = line_.Client(sender.user);
    Must(client->Publish({.subject = sender.subject, .payload = R"({"limit":1})", .reply = reply}));
    Must(client->Flush());
    auto answers = AllOn(*witness, reply);
    line_.bridge().Start();
    return answers;
  }

  Line line_;
  std::unique_ptr<NatsClient> operator_;
  int64_t published_ = 0;
};

const Sender kUpdaters[] = {{"", "users.update"}, {"alice", "users.update.alice"}};

TEST_F(ReplySubjects, AnUpdateThatNamesACallOfJetStreamCallsNothing) {
  for (const Sender& sender : kUpdaters) {
    PublishUpdate(sender, "$JS.API.STREAM.PURGE.USERS_UPDATE");
    PublishUpdate(sender, "$JS.API.STREAM.PURGE.USERS_BROADCAST");
    PublishUpdate(sender, "$JS.API.STREAM.DELETE.USERS_UPDATE");
  }
  AwaitAllTakenIn();
  EXPECT_EQ(MessagesIn("USERS_UPDATE"), published_);
  EXPECT_EQ(MessagesIn("USERS_BROADCAST"), published_);
}

TEST_F(ReplySubjects, AnUpdateThatNamesTheBroadcastIsBroadcastOnceByTheBridge) {
  const auto witness = Must(operator_->Subscribe("users.broadcast"));
  for (const Sender& sender : kUpdaters) PublishUpdate(sender, "users.broadcast");
  AwaitAllTakenIn();
  EXPECT_EQ(MessagesIn("USERS_BROADCAST"), published_);
  const auto seen = AllOn(*witness, "users.broadcast");
  EXPECT_THAT(seen, SizeIs(published_));
  for (const NatsMessage& message : seen) EXPECT_NE(message.Header("Users-Seq"), "");
}

TEST_F(ReplySubjects, AnUpdateIsNotAcknowledged) {
  const auto config = Must(line_.streams().Info("USERS_UPDATE"))["config"];
  EXPECT_TRUE(config.value("no_ack", false));
  const auto witness = Must(operator_->Subscribe("_INBOX.mine"));
  PublishUpdate({"", "users.update"}, "_INBOX.mine");
  AwaitAllTakenIn();
  EXPECT_THAT(AllOn(*witness, "_INBOX.mine"), IsEmpty());
}

TEST_F(ReplySubjects, APullIsAnsweredInTheInboxOfItsActor) {
  EXPECT_THAT(AnswersTo({"", "users.pull"}, "_INBOX.mine"), SizeIs(1));
  EXPECT_THAT(AnswersTo({"alice", "users.pull.alice"}, "inbox.alice.mine"), SizeIs(1));
}

TEST_F(ReplySubjects, APullThatNamesAnotherSubjectIsNotAnswered) {
  for (const char* reply : {"inbox.alice.x", "inbox.bridge.x", "users.broadcast", "users.update",
                            "users.receipt.frontend-client.x"}) {
    EXPECT_THAT(AnswersTo({"", "users.pull"}, reply), IsEmpty()) << reply;
  }
  for (const char* reply : {"inbox.bob.x", "inbox.bridge.x", "_INBOX.x", "users.broadcast",
                            "users.update.bob", "users.receipt.bob.x"}) {
    EXPECT_THAT(AnswersTo({"alice", "users.pull.alice"}, reply), IsEmpty()) << reply;
  }
}

TEST_F(ReplySubjects, APullThatNamesACallOfJetStreamCallsNothing) {
  PublishUpdate({"", "users.update"}, "");
  AwaitAllTakenIn();
  for (const char* stream : {"USERS_UPDATE", "USERS_BROADCAST"}) {
    const std::string call = absl::StrCat("$JS.API.STREAM.PURGE.", stream);
    const auto client = line_.Client("alice");
    Must(client->Publish({.subject = "users.pull.alice", .payload = "{}", .reply = call}));
    Must(client->Flush());
  }
  EXPECT_EQ(line_.bridge().Terminate(), 0);
  EXPECT_EQ(MessagesIn("USERS_UPDATE"), 1);
  EXPECT_EQ(MessagesIn("USERS_BROADCAST"), 1);
}

}  // namespace
}  // namespace usersync::tests
