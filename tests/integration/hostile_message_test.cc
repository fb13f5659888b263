// What a client of NATS may send to disturb others: each message is answered, or kept for
// operators, and the next one is taken in.
#include <gmock/gmock.h>

#include <map>
#include <string>

#include "tests/harness/line.h"
#include "tests/harness/must.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(1);

class HostileMessage : public testing::Test {
 protected:
  HostileMessage() {
    line_.Start();
    operator_ = line_.Client("operator");
    receipts_ = Must(operator_->Subscribe("users.receipt.>"));
    Must(operator_->Flush());
  }

  void Publish(const std::string& subject, const nlohmann::json& message) {
    Must(operator_->Publish(
        {.subject = subject, .payload = message.dump(), .headers = {{"Users-Receipt", "asked"}}}));
  }

  nlohmann::json Receipt() {
    return nlohmann::json::parse(Must(receipts_->Next(kPatience)).payload);
  }

  Line line_;
  std::unique_ptr<NatsClient> operator_;
  std::unique_ptr<NatsSubscription> receipts_;
};

TEST_F(HostileMessage, AnActorOfAnyBytesIsRefusedAndStopsNobody) {
  Publish(
      "users.update.a\xff"
      "b",
      MakeDocument("by-nobody"));
  Publish("users.update", MakeDocument("by-somebody"));
  EXPECT_EQ(Receipt()["outcome"], "APPLIED");
  const auto rows = Must(line_.reader().Query("SELECT actor, outcome, user_id FROM refused"));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_STREQ(rows[0][0].c_str(), "a?b");
  EXPECT_STREQ(rows[0][1].c_str(), "INVALID");
  EXPECT_STREQ(rows[0][2].c_str(), "by-nobody");
}

TEST_F(HostileMessage, AFieldThatNobodyKnowsIsAnsweredWithTheDocumentAsItStands) {
  const auto stands = MakeDocument("known");
  Publish("users.update", stands);
  EXPECT_EQ(Receipt()["outcome"], "APPLIED");
  auto message = MakeDocument("known", "changed");
  message["phone"] = "1";
  Publish("users.update", message);
  const auto receipt = Receipt();
  EXPECT_EQ(receipt["outcome"], "INVALID");
  EXPECT_EQ(receipt["violations"][0]["field"], "phone");
  EXPECT_EQ(receipt["violations"][0]["reason"], "FIELD_UNKNOWN");
  EXPECT_EQ(receipt["document"], stands);
}

TEST_F(HostileMessage, EveryBrokenRuleIsNamedWhetherBridgeOrStoreJudgesIt) {
  auto message = MakeDocument("wrong");
  message["email"] = 5;
  message["status"] = "";
  message.erase("created_at");
  Publish("users.update", message);
  const auto receipt = Receipt();
  std::map<std::string, std::string> reasons;
  for (const auto& violation : receipt["violations"]) {
    reasons[violation["field"]] = violation["reason"];
  }
  const std::map<std::string, std::string> expected = {
      {"email", "FIELD_INVALID"}, {"status", "FIELD_REQUIRED"}, {"created_at", "FIELD_REQUIRED"}};
  EXPECT_EQ(reasons, expected);
}

}  // namespace
}  // namespace usersync::tests
