// The table of who may publish and subscribe what, on the real server with the real configuration:
// a test for each line. Needs only NATS.
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/harness/eventually.h"
#include "tests/harness/line.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

using Subjects = std::vector<std::string>;

class Permissions : public testing::Test {
 protected:
  Permissions() {
    line_.nats().Start();
    operator_ = line_.Client("operator");
    everything_ = Must(operator_->Subscribe(">"));
  }

  // Whether the server delivers what `client` publishes. It must do that, or name the violation.
  bool MayPublish(NatsClient& client, const std::string& subject) {
    const std::string mark = absl::StrCat("mark-", ++marks_);
    Must(client.Publish(subject, mark));
    bool delivered = false;
    const bool decided = Eventually([&] {
      for (const NatsMessage& message : everything_->TakeAll()) {
        delivered |= message.subject == subject && message.payload == mark;
      }
      return delivered || Refused(client, "Publish", subject);
    });
    EXPECT_TRUE(decided) << subject << " was neither delivered nor refused";
    return delivered;
  }

  // Whether `client` receives what the operator publishes on a subject that `pattern` matches.
  bool MaySubscribe(NatsClient& client, const std::string& pattern) {
    const auto subscription = Must(client.Subscribe(pattern));
    const std::string subject = absl::StrReplaceAll(pattern, {{">", "x"}, {"*", "x"}});
    Must(operator_->Publish(subject, "for subscribers"));
    bool delivered = false;
    const bool decided = Eventually([&] {
      delivered = !subscription->TakeAll().empty();
      return delivered || Refused(client, "Subscription", pattern);
    });
    EXPECT_TRUE(decided) << pattern << " was neither served nor refused";
    return delivered;
  }

  void ExpectPublishes(NatsClient& client, const Subjects& allowed, const Subjects& denied) {
    for (const std::string& subject : allowed) EXPECT_TRUE(MayPublish(client, subject)) << subject;
    for (const std::string& subject : denied) EXPECT_FALSE(MayPublish(client, subject)) << subject;
  }

  void ExpectSubscribes(NatsClient& client, const Subjects& allowed, const Subjects& denied) {
    for (const std::string& subject : allowed) {
      EXPECT_TRUE(MaySubscribe(client, subject)) << subject;
    }
    for (const std::string& subject : denied) {
      EXPECT_FALSE(MaySubscribe(client, subject)) << subject;
    }
  }

  Line line_;
  std::unique_ptr<NatsClient> operator_;

 private:
  static bool Refused(NatsClient& client, const std::string& action, const std::string& subject) {
    const std::string violation =
        absl::StrCat("Permissions Violation for ", action, " to \"", subject, "\"");
    for (const std::string& error : client.TakeErrors()) {
      if (absl::StrContains(absl::AsciiStrToLower(error), absl::AsciiStrToLower(violation)))
        return true;
    }
    return false;
  }

  std::unique_ptr<NatsSubscription> everything_;
  int marks_ = 0;
};

// What no client may publish, whoever it is: services speak here, and JetStream listens.
const Subjects kServiceSubjects = {"users.broadcast",
                                   "users.heartbeat",
                                   "users.refused",
                                   "users.receipt.alice.t",
                                   "users.receipt.bob.t",
                                   "users.receipt.frontend-client.t",
                                   "users.other",
                                   "inbox.alice.x",
                                   "inbox.bob.x",
                                   "inbox.bridge.x",
                                   "_INBOX.x",
                                   "$JS.API.INFO",
                                   "$JS.API.STREAM.NAMES",
                                   "$JS.API.STREAM.CREATE.MINE",
                                   "$JS.API.STREAM.INFO.USERS_UPDATE",
                                   "$JS.API.STREAM.PURGE.USERS_UPDATE",
                                   "$JS.API.STREAM.PURGE.USERS_BROADCAST",
                                   "$JS.API.STREAM.DELETE.USERS_UPDATE",
                                   "$JS.API.STREAM.MSG.GET.USERS_UPDATE",
                                   "$JS.API.STREAM.MSG.DELETE.USERS_UPDATE",
                                   "$JS.API.CONSUMER.CREATE.USERS_BROADCAST",
                                   "$JS.API.CONSUMER.DURABLE.CREATE.USERS_BROADCAST.mine",
                                   "$JS.API.CONSUMER.MSG.NEXT.USERS_BROADCAST.mine",
                                   "$JS.API.DIRECT.GET.USERS_BROADCAST",
                                   "$JS.FC.USERS_UPDATE.x",
                                   "$JS.ACK.USERS_UPDATE.x",
                                   "$SYS.REQ.SERVER.PING",
                                   "elsewhere"};

const Subjects kServicePatterns = {
    ">",       "users.>",           "users.update",        "users.update.>", "users.update.*",
    "users.*", "users.pull",        "users.pull.*",        "users.refused",  "users.receipt.>",
    "inbox.>", "users.receipt.*.t", "users.receipt.bob.>", "inbox.bob.>",    "inbox.bridge.>",
    "$JS.>",   "$JS.API.>",         "$JS.EVENT.>",         "$SYS.>",         "elsewhere"};

Subjects operator+(Subjects left, const Subjects& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

TEST_F(Permissions, ANamedActorPublishesOnlyItsOwnUpdatesAndPulls) {
  const auto alice = line_.Client("alice");
  ExpectPublishes(*alice, {"users.update.alice", "users.pull.alice"},
                  kServiceSubjects + Subjects{"users.update", "users.pull", "users.update.bob",
                                              "users.pull.bob", "users.update.alice.x",
                                              "users.update.frontend-client"});
}

TEST_F(Permissions, ANamedActorSubscribesOnlyToWhatAllMayReadAndToItsOwn) {
  const auto alice = line_.Client("alice");
  ExpectSubscribes(*alice,
                   {"users.broadcast", "users.heartbeat", "users.receipt.alice.>", "inbox.alice.>"},
                   kServicePatterns + Subjects{"_INBOX.>", "users.receipt.frontend-client.>"});
}

TEST_F(Permissions, AClientWithoutPasswordPublishesOnlyAnonymousUpdatesAndPulls) {
  const auto anonymous = line_.Client();
  ExpectPublishes(
      *anonymous, {"users.update", "users.pull"},
      kServiceSubjects + Subjects{"users.update.alice", "users.pull.alice",
                                  "users.update.frontend-client", "users.pull.frontend-client"});
}

TEST_F(Permissions, AClientWithoutPasswordSubscribesOnlyToWhatAllMayReadAndToItsOwn) {
  const auto anonymous = line_.Client();
  ExpectSubscribes(
      *anonymous,
      {"users.broadcast", "users.heartbeat", "users.receipt.frontend-client.>", "_INBOX.>"},
      kServicePatterns + Subjects{"inbox.alice.>", "users.receipt.alice.>"});
}

TEST_F(Permissions, TheBridgePublishesAnswersAndTheJetStreamCallsItNeeds) {
  const auto bridge = line_.Client("bridge");
  ExpectPublishes(*bridge,
                  {"users.broadcast",
                   "users.receipt.alice.t",
                   "users.receipt.frontend-client.t",
                   "users.heartbeat",
                   "users.refused",
                   "inbox.alice.x",
                   "_INBOX.x",
                   "$JS.API.STREAM.INFO.USERS_UPDATE",
                   "$JS.API.STREAM.INFO.USERS_BROADCAST",
                   "$JS.API.STREAM.MSG.GET.USERS_UPDATE",
                   "$JS.API.STREAM.MSG.GET.USERS_BROADCAST",
                   "$JS.API.STREAM.MSG.DELETE.USERS_UPDATE",
                   "$JS.API.STREAM.MSG.DELETE.USERS_BROADCAST",
                   "$JS.API.STREAM.CREATE.USERS_UPDATE",
                   "$JS.API.STREAM.CREATE.USERS_BROADCAST",
                   "$JS.API.STREAM.UPDATE.USERS_UPDATE",
                   "$JS.API.STREAM.UPDATE.USERS_BROADCAST",
                   "$JS.API.CONSUMER.CREATE.USERS_UPDATE",
                   "$JS.API.CONSUMER.CREATE.USERS_BROADCAST",
                   "$JS.API.CONSUMER.DELETE.USERS_UPDATE.mine"},
                  {"users.update",
                   "users.update.alice",
                   "users.pull",
                   "users.pull.alice",
                   "users.other",
                   "$JS.API.STREAM.PURGE.USERS_UPDATE",
                   "$JS.API.STREAM.PURGE.USERS_BROADCAST",
                   "$JS.API.STREAM.DELETE.USERS_UPDATE",
                   "$JS.API.STREAM.DELETE.USERS_BROADCAST",
                   "$JS.API.STREAM.CREATE.OTHER",
                   "$JS.API.STREAM.UPDATE.OTHER",
                   "$JS.API.STREAM.INFO.OTHER",
                   "$JS.API.STREAM.MSG.DELETE.OTHER",
                   "$JS.API.CONSUMER.CREATE.OTHER",
                   "$JS.API.STREAM.SNAPSHOT.USERS_UPDATE",
                   "$JS.API.STREAM.RESTORE.USERS_UPDATE",
                   "$JS.API.STREAM.NAMES",
                   "$JS.API.STREAM.LIST",
                   "$JS.API.CONSUMER.DURABLE.CREATE.USERS_UPDATE.mine",
                   "$SYS.REQ.SERVER.PING",
                   "elsewhere"});
}

TEST_F(Permissions, TheBridgeSubscribesOnlyToPullsAndItsOwnInbox) {
  const auto bridge = line_.Client("bridge");
  ExpectSubscribes(*bridge, {"inbox.bridge.>", "users.pull", "users.pull.*"},
                   {">", "_INBOX.>", "inbox.>", "inbox.alice.>", "users.>", "users.update",
                    "users.update.*", "users.broadcast", "users.receipt.>", "users.heartbeat",
                    "users.refused", "$JS.API.>", "$SYS.>", "elsewhere"});
}

TEST_F(Permissions, TheBridgeMayNotAnswerToASubjectOnlyBecauseARequestNamesIt) {
  const auto bridge = line_.Client("bridge");
  const auto pulls = Must(bridge->Subscribe("users.pull"));
  const auto anonymous = line_.Client();
  Must(anonymous->Publish({.subject = "users.pull", .payload = "{}", .reply = "users.update"}));
  EXPECT_EQ(Must(pulls->Next(kPatience)).reply, "users.update");
  EXPECT_FALSE(MayPublish(*bridge, "users.update"));
}

TEST_F(Permissions, AnOperatorMayDoEverything) {
  const auto other = line_.Client("operator");
  Subjects harmless;
  for (const std::string& subject : kServiceSubjects) {
    if (!absl::StartsWith(subject, "$SYS")) harmless.push_back(subject);
  }
  ExpectPublishes(*other, harmless, {});
  ExpectSubscribes(*other, {">", "users.>", "users.update.*", "inbox.>", "_INBOX.>"}, {});
}

TEST_F(Permissions, AWrongPasswordAndAnUnknownUserOpenNothing) {
  for (const char* user : {"alice", "operator", "bridge", "frontend-client", "mallory"}) {
    const auto client = NatsClient::Connect(
        {.url = line_.nats().url(), .user = user, .password = "not the password"});
    EXPECT_FALSE(client.ok()) << user;
  }
}

}  // namespace
}  // namespace usersync::tests
