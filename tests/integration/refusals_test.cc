// What cannot be committed is answered, kept for operators and told to them, and everything around
// it is committed in its order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/store_api.h"
#include "tests/traffic/crowd.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {
namespace {

using nlohmann::json;
using Outcomes = std::vector<std::string>;

class Refusals : public testing::Test {
 protected:
  Refusals() {
    line_.Start();
    alice_ = line_.Client("alice");
    receipts_ = Must(alice_->Subscribe("users.receipt.alice.>"));
    operator_ = line_.Client("operator");
    told_ = Must(operator_->Subscribe("users.refused"));
  }

  void Publish(const std::string& payload, const std::string& token = "t") {
    Must(alice_->Publish({.subject = "users.update.alice",
                          .payload = payload,
                          .headers = {{"Users-Receipt", token}}}));
  }

  json NextReceipt() { return json::parse(Must(receipts_->Next(kPatience)).payload); }

  // The payload that was kept of a refusal.
  std::string Kept(int64_t id) {
    return absl::HexStringToBytes(line_.reader().Text(
        absl::StrCat("SELECT encode(payload, 'hex') FROM refused WHERE id = ", id)));
  }

  Line line_;
  std::unique_ptr<NatsClient> alice_;
  std::unique_ptr<NatsClient> operator_;
  std::unique_ptr<NatsSubscription> receipts_;
  std::unique_ptr<NatsSubscription> told_;
};

TEST_F(Refusals, ARowThatTheDatabaseRefusesFailsAloneOfItsBatch) {
  Must(line_.owner()
           .Query("ALTER TABLE users ADD CONSTRAINT no_curse CHECK (status <> 'cursed')")
           .status());
  Crowd crowd(line_);
  Publish(json({MakeDocument("a"), MakeDocument("b"), MakeDocument("c", "cursed"),
                MakeDocument("a", "again"), MakeDocument("d")})
              .dump());
  Outcomes outcomes;
  int64_t seq = 0;
  for (int i = 0; i < 5; ++i) {
    const json receipt = NextReceipt();
    EXPECT_EQ(receipt["index"], i);
    outcomes.push_back(receipt["outcome"]);
    if (receipt["outcome"] == "APPLIED") {
      EXPECT_EQ(receipt["seq"], ++seq);
      continue;
    }
    const std::string text = receipt["violations"][0]["description"];
    EXPECT_FALSE(absl::StrContains(text, "no_curse") || absl::StrContains(text, "INSERT")) << text;
  }
  EXPECT_EQ(outcomes, (Outcomes{"APPLIED", "APPLIED", "INVALID", "APPLIED", "APPLIED"}));
  EXPECT_EQ(line_.reader().Text("SELECT outcome || user_id FROM refused"), "INVALIDc");
  StoreStub writer = line_.Stub("gateway", "alice");
  users::v1::CreateUserRequest request;
  *request.mutable_user() = MakeUser("e", "cursed");
  users::v1::CreateUserResponse response;
  EXPECT_THAT(writer.users().CreateUser(writer.Context().get(), request, &response),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  crowd.ExpectPromisesKept();
}

TEST_F(Refusals, WhatIsNoMutationIsKeptAsItCameBetweenThoseThatAre) {
  const json good = MakeDocument("good");
  json unknown = good;
  unknown["nickname"] = "g";
  json number = good;
  number["status"] = 7;
  json nul = good;
  nul["email"] = std::string("a\0b@example.com", 15);
  const std::string twice = absl::StrCat(R"({"id":"x",)", good.dump().substr(1));
  const std::string surrogate = R"({"id":"s","email":"\ud800@example.com"})";
  const json element = MakeDocument("element");
  const std::string too_many =
      absl::StrCat("[", absl::StrJoin(std::vector<std::string>(1001, "{}"), ","), "]");
  const std::string deep = absl::StrCat(
      absl::StrJoin(std::vector<std::string>(20000, R"({"a":)"), ""), "1", std::string(20000, '}'));
  const std::vector<std::pair<std::string, Outcomes>> messages = {
      {good.dump(), {"APPLIED"}},
      {"not json", {"INVALID"}},
      {"", {"INVALID"}},
      {std::string("\xff\xfe\0{", 4), {"INVALID"}},
      {R"({"id":"cut","email)", {"INVALID"}},
      {unknown.dump(), {"INVALID"}},
      {number.dump(), {"INVALID"}},
      {nul.dump(), {"INVALID"}},
      {twice, {"INVALID"}},
      {surrogate, {"INVALID"}},
      {"\"text\"", {"INVALID"}},
      {"[]", {}},
      {absl::StrCat("[", element.dump(), ",7,", element.dump(), "]"),
       {"APPLIED", "INVALID", "UNCHANGED"}},
      {absl::StrCat("[", element.dump(), ",}]"), {"INVALID"}},
      {too_many, {"INVALID"}},
      {deep, {"INVALID"}},
      {MakeDocument("good", "last").dump(), {"APPLIED"}}};
  size_t count = 0;
  for (const auto& [payload, outcomes] : messages) {
    Publish(payload);
    count += outcomes.size();
  }
  // By the message and the index within it.
  std::map<uint64_t, std::map<int, std::string>> answered;
  size_t refused = 0;
  for (size_t i = 0; i < count; ++i) {
    const json receipt = NextReceipt();
    const std::vector<std::string> id =
        absl::StrSplit(receipt["mutation_id"].get<std::string>(), absl::ByAnyChar(":/"));
    uint64_t message = 0;
    ASSERT_TRUE(id.size() >= 3 && absl::SimpleAtoi(id[1], &message)) << receipt;
    answered[message][receipt["index"]] = receipt["outcome"];
    refused += receipt["outcome"] == "INVALID";
  }
  for (size_t i = 0; i < messages.size(); ++i) {
    Outcomes outcomes;
    for (const auto& [index, outcome] : answered[i + 1]) outcomes.push_back(outcome);
    EXPECT_EQ(outcomes, messages[i].second) << messages[i].first.substr(0, 100);
  }
  EXPECT_TRUE(Eventually([&] { return line_.Position() == int64_t(messages.size()); }));
  EXPECT_EQ(line_.reader().Text("SELECT document->>'status' FROM users WHERE doc_id = 'good'"),
            "last");
  std::vector<std::string> kept;
  for (size_t i = 0; i < refused; ++i) {
    const json notice = json::parse(Must(told_->Next(kPatience)).payload);
    EXPECT_EQ(notice["outcome"], "INVALID");
    EXPECT_FALSE(notice["reasons"].empty());
    EXPECT_EQ(notice.size(), 3u) << notice;
    kept.push_back(Kept(notice["id"]));
  }
  // A message as it came, headers first; of an array the element.
  for (const std::string& payload :
       {std::string("Users-Receipt: t\r\n\r\nnot json"), std::string("\xff\xfe\0{", 4),
        unknown.dump(), twice, surrogate, too_many, deep, std::string("7")}) {
    EXPECT_TRUE(
        std::any_of(kept.begin(), kept.end(),
                    [&](const std::string& bytes) { return absl::EndsWith(bytes, payload); }))
        << "nothing ends with " << payload.substr(0, 100);
  }
}

TEST_F(Refusals, AReceiptTokenThatIsNoneGetsNoReceiptAndDoesNoHarm) {
  const auto all = Must(operator_->Subscribe("users.receipt.>"));
  const std::vector<std::string> odd = {"",    "a.b", "*",    ">",
                                        "a b", "ü",   "a\tb", std::string(65, 'x')};
  for (size_t i = 0; i < odd.size(); ++i) {
    Publish(MakeDocument("odd", absl::StrCat("status ", i)).dump(), odd[i]);
  }
  const std::string longest(64, 'x');
  Publish(MakeDocument("odd", "last").dump(), longest);
  const NatsMessage receipt = Must(all->Next(kPatience));
  EXPECT_EQ(receipt.subject, "users.receipt.alice." + longest);
  EXPECT_EQ(json::parse(receipt.payload)["seq"], int64_t(odd.size()) + 1);
  EXPECT_EQ(line_.reader().Number("SELECT count(*) FROM version"), int64_t(odd.size()) + 1);
}

}  // namespace
}  // namespace usersync::tests
