#include "bridge/broadcast_message.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "bridge/nats_subscription.h"

namespace usersync::bridge {
namespace {

// The headers as nats.c will write them.
std::string HeadersIn(natsMsg* message) {
  const char** names = nullptr;
  int count = 0;
  std::string text;
  if (natsMsgHeader_Keys(message, &names, &count) != NATS_OK) return text;
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&text, names[i], ": ", HeaderOf(message, names[i]), "\r\n");
  }
  std::free(names);
  return text;
}

class BroadcastMessageTest : public testing::Test {
 protected:
  BroadcastMessageTest() {
    // A connection would do so.
    nats_Open(-1);
    change_.set_checkpoint("checkpoint-7");
    auto& version = *change_.mutable_version();
    version.set_sequence(7);
    version.set_version(2);
    version.set_action(users::v1::ACTION_UNDELETE);
    version.set_actor("alice");
    version.set_mutation_id("USERS_UPDATE:1:17/3");
    auto& user = *version.mutable_user();
    user.set_id("u");
    user.set_email("u@example.com");
    user.set_status("active");
    user.set_created_at("2024-01-01T00:00:00Z");
    user.set_updated_at("2024-01-01T00:00:00.120Z");
  }

  MessageHandle Make(const std::string& reply = "") {
    auto message =
        MakeBroadcast({.change = change_, .epoch = "epoch-1", .expected_last = 0}, reply);
    EXPECT_TRUE(message.ok());
    return *std::move(message);
  }

  users::v1::Change change_;
};

TEST_F(BroadcastMessageTest, HoldsTheDocumentAndAllItsHeaders) {
  const MessageHandle message = Make("inbox.bridge.x.1.0");
  EXPECT_STREQ(natsMsg_GetSubject(message.get()), "users.broadcast");
  EXPECT_STREQ(natsMsg_GetReply(message.get()), "inbox.bridge.x.1.0");
  EXPECT_EQ(PayloadOf(message.get()),
            R"({"id":"u","email":"u@example.com","status":"active",)"
            R"("created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00.120Z",)"
            R"("_deleted":false})");
  EXPECT_EQ(HeadersIn(message.get()),
            "Users-Seq: 7\r\n"
            "Users-Version: 2\r\n"
            "Users-Epoch: epoch-1\r\n"
            "Users-Checkpoint: checkpoint-7\r\n"
            "Users-Action: undelete\r\n"
            "Users-Actor: alice\r\n"
            "Users-Mutation: USERS_UPDATE:1:17/3\r\n"
            "Nats-Msg-Id: checkpoint-7\r\n"
            "Nats-Expected-Last-Sequence: 0\r\n");
}

TEST_F(BroadcastMessageTest, IsEmptyIfTheContentWasErased) {
  change_.mutable_version()->clear_user();
  const MessageHandle message = Make();
  EXPECT_EQ(PayloadOf(message.get()), "");
  EXPECT_EQ(natsMsg_GetReply(message.get()), nullptr);
  EXPECT_NE(HeadersIn(message.get()).find("Users-Seq: 7\r\n"), std::string::npos);
}

TEST_F(BroadcastMessageTest, LeavesOutWhatCouldBeginAnotherHeader) {
  // Actors of an adopted database may be anything.
  change_.mutable_version()->set_actor("eve\r\nUsers-Seq: 8");
  change_.mutable_version()->set_mutation_id("two words");
  const std::string headers = HeadersIn(Make().get());
  EXPECT_EQ(headers.find("eve"), std::string::npos);
  EXPECT_EQ(headers.find("Users-Seq: 8"), std::string::npos);
  EXPECT_EQ(headers.find("Users-Mutation"), std::string::npos);
}

TEST_F(BroadcastMessageTest, SaysWhereTheFeedIs) {
  EXPECT_EQ(EncodeHeartbeat("e", 12), R"({"epoch":"e","seq":12})");
}

}  // namespace
}  // namespace usersync::bridge
