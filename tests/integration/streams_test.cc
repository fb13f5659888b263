// usersync-bridge setup-streams, on the real server with the permissions of the bridge: every
// setting of the contract, whatever was there before.
#include <gmock/gmock.h>

#include "tests/harness/eventually.h"
#include "tests/harness/line.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr char kUpdates[] = "USERS_UPDATE";
constexpr char kBroadcasts[] = "USERS_BROADCAST";

class Streams : public testing::Test {
 protected:
  Streams() {
    line_.nats().Start();
    operator_ = line_.Client("operator");
  }

  absl::StatusOr<std::string> SetUpStreams() { return line_.bridge().Run({"setup-streams"}); }

  json ConfigOf(const std::string& stream) { return Must(line_.streams().Info(stream))["config"]; }

  // Makes or changes a stream as an operator would by hand.
  void Call(const std::string& verb, const json& config) {
    const auto answer =
        Must(operator_->Request("$JS.API.STREAM." + verb + "." + config["name"].get<std::string>(),
                                config.dump(), absl::Seconds(30)));
    ASSERT_FALSE(json::parse(answer.payload).contains("error")) << answer.payload;
  }

  Line line_;
  std::unique_ptr<NatsClient> operator_;
};

TEST_F(Streams, TakeWhateverTheServerTakes) {
  ASSERT_TRUE(SetUpStreams().ok());
  const auto author = line_.Client();
  const size_t most = ConfigOf(kUpdates)["max_msg_size"];
  ASSERT_TRUE(author->Publish("users.update", std::string(most, ' ')).ok());
  ASSERT_TRUE(author->Flush().ok());
  EXPECT_TRUE(
      Eventually([&] { return Must(line_.streams().Info(kUpdates))["state"]["messages"] == 1; }));
  // Nothing is acknowledged: only the server can tell the author.
  EXPECT_FALSE(author->Publish("users.update", std::string(most + 1, ' ')).ok());
}

TEST_F(Streams, AreMadeAsTheContractSays) {
  const std::string said = Must(SetUpStreams());
  EXPECT_THAT(said, HasSubstr("Created USERS_UPDATE stream\n"));
  EXPECT_THAT(said, HasSubstr("Created USERS_BROADCAST stream\n"));
  const json updates = ConfigOf(kUpdates);
  EXPECT_EQ(updates["subjects"], (json{"users.update", "users.update.*"}));
  EXPECT_EQ(updates["storage"], "file");
  EXPECT_EQ(updates["retention"], "limits");
  EXPECT_EQ(updates["max_bytes"], 4294967296);
  EXPECT_EQ(updates["max_age"], 604800000000000);
  EXPECT_EQ(updates["max_msg_size"], 524288);
  EXPECT_EQ(updates["discard"], "new");
  EXPECT_EQ(updates["no_ack"], true);
  EXPECT_EQ(updates["duplicate_window"], 100000000);
  const json broadcasts = ConfigOf(kBroadcasts);
  EXPECT_EQ(broadcasts["subjects"], (json{"users.broadcast"}));
  EXPECT_EQ(broadcasts["storage"], "file");
  EXPECT_EQ(broadcasts["max_bytes"], 1073741824);
  EXPECT_EQ(broadcasts["max_age"], 0);
  EXPECT_EQ(broadcasts["discard"], "old");
  EXPECT_EQ(broadcasts["duplicate_window"], 100000000);
}

TEST_F(Streams, StayAsTheyAreIfNothingDiffersAndAreBroughtInLineIfSomethingDoes) {
  Must(SetUpStreams());
  const json config = ConfigOf(kUpdates);
  EXPECT_EQ(Must(SetUpStreams()), "USERS_UPDATE stream exists\nUSERS_BROADCAST stream exists\n");
  json other = config;
  other["no_ack"] = false;
  other["max_age"] = 0;
  Call("UPDATE", other);
  EXPECT_THAT(Must(SetUpStreams()), HasSubstr("Updated USERS_UPDATE stream: max_age, no_ack\n"));
  EXPECT_EQ(ConfigOf(kUpdates), config);
}

TEST_F(Streams, SayWhatKeepsThemFromBeingSetUp) {
  Call("CREATE", {{"name", kBroadcasts}, {"subjects", {"users.broadcast"}}, {"storage", "memory"}});
  EXPECT_THAT(std::string(SetUpStreams().status().message()), HasSubstr("storage"));
  Must(line_.streams().Delete(kBroadcasts));
  Call("CREATE", {{"name", "OTHER"}, {"subjects", {"users.broadcast"}}, {"storage", "file"}});
  EXPECT_THAT(std::string(SetUpStreams().status().message()),
              HasSubstr("another stream takes in the subjects of USERS_BROADCAST"));
}

}  // namespace
}  // namespace usersync::tests
