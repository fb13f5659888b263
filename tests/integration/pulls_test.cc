// users.pull and users.heartbeat as clients of NATS see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/store_api.h"
#include "tests/traffic/crowd.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

constexpr size_t kMostPayload = 512 << 10;

class Pulls : public testing::Test {
 protected:
  Pulls() {
    line_.Start();
    client_ = line_.Client();
  }

  std::string PullText(const std::string& request) {
    return Must(client_->Request("users.pull", request, kPatience)).payload;
  }
  json Pull(const json& checkpoint, int limit) {
    return json::parse(PullText(json({{"checkpoint", checkpoint}, {"limit", limit}}).dump()));
  }

  void ExpectError(const std::string& request, const std::string& reason) {
    const json answer = json::parse(PullText(request));
    ASSERT_EQ(answer.size(), 1u) << request << ": " << answer;
    EXPECT_EQ(answer["error"]["reason"], reason) << request << ": " << answer;
    EXPECT_FALSE(answer["error"]["message"].get<std::string>().empty()) << request;
    EXPECT_EQ(answer["error"].size(), 2u) << answer;
  }

  Line line_;
  std::unique_ptr<NatsClient> client_;
};

TEST_F(Pulls, APageIsCutBySizeAndOnlyMoreSaysWhetherThereIsMore) {
  // The largest users that the rules allow: a thousand of them are more than NATS carries.
  constexpr int kUsers = 1000;
  std::string widest;
  for (int i = 0; i < 64; ++i) widest += "\U0001F600";
  users::v1::PushRequest request;
  for (int i = 0; i < kUsers; ++i) {
    users::v1::User user = MakeUser(absl::StrCat(std::string(120, 'u'), "-", i));
    user.set_email(absl::StrCat(std::string(290, 'e'), i, "@example.com"));
    user.set_status(widest);
    user.set_role(widest);
    *request.add_mutations() = MakeMutation(absl::StrCat("m-", i), user);
  }
  users::v1::PushResponse response;
  StoreStub writer = line_.Stub("gateway", "alice");
  Must(FromGrpc(writer.sync().Push(writer.Context().get(), request, &response)));
  ASSERT_EQ(response.receipts(kUsers - 1).sequence(), kUsers);

  std::set<std::string> seen;
  json checkpoint;
  int pages = 0;
  for (bool more = true; more; ++pages) {
    const std::string text = PullText(json({{"checkpoint", checkpoint}, {"limit", kUsers}}).dump());
    EXPECT_LE(text.size(), kMostPayload);
    const json page = json::parse(text);
    ASSERT_EQ(page["documents"].size(), page["seqs"].size());
    ASSERT_FALSE(page["documents"].empty());
    for (const json& document : page["documents"]) {
      EXPECT_TRUE(seen.insert(document["id"]).second) << document["id"] << " came twice";
    }
    EXPECT_EQ(page["seqs"].back(), seen.size()) << "something was missed";
    checkpoint = page["checkpoint"];
    more = page["more"];
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kUsers));
  EXPECT_GT(pages, 1);
  const json empty = Pull(checkpoint, kUsers);
  EXPECT_EQ(empty, json({{"documents", json::array()},
                         {"seqs", json::array()},
                         {"checkpoint", checkpoint},
                         {"more", false}}));
}

TEST_F(Pulls, ARequestThatIsWrongIsAnsweredWithReasonAndMessage) {
  for (const char* request :
       {"", "pull", "[]", "7", "null", R"({"limit":1)", R"({"checkpoint":null,"limit":0})",
        R"({"checkpoint":null,"limit":1001})", R"({"checkpoint":null,"limit":-1})",
        R"({"checkpoint":null,"limit":1.5})", R"({"checkpoint":null,"limit":"1"})",
        R"({"checkpoint":null,"limit":99999999999999999999})", R"({"checkpoint":7,"limit":1})",
        R"({"checkpoint":{},"limit":1})", R"({"checkpoint":null,"limit":1,"limit":1})"}) {
    ExpectError(request, "FIELD_INVALID");
  }
  ExpectError(R"({"checkpoint":null,"limit":1,"batch":2})", "FIELD_UNKNOWN");
  ExpectError(R"({"checkpoint":"yesterday","limit":1})", "TOKEN_MALFORMED");
  ExpectError(absl::StrCat(R"({"checkpoint":")", std::string(5000, 'x'), R"(","limit":1})"),
              "FIELD_INVALID");
  EXPECT_EQ(json::parse(PullText(R"({"checkpoint":null})"))["more"], false);
  EXPECT_EQ(Pull(nullptr, 1)["checkpoint"], nullptr) << "an empty store, an empty page";
}

TEST_F(Pulls, ACheckpointOfAnotherHistoryIsAnsweredAsDiverged) {
  Crowd crowd(line_);
  crowd.AddPlainAuthor().PublishEdits(5, 5, "u");
  crowd.Settle();
  std::string checkpoint = Pull(nullptr, 1000)["checkpoint"];
  checkpoint.back() = checkpoint.back() == 'A' ? 'B' : 'A';
  ExpectError(json({{"checkpoint", checkpoint}, {"limit", 1}}).dump(), "CHECKPOINT_DIVERGED");
}

TEST_F(Pulls, HeartbeatsNameTheEpochAndTheLastChange) {
  const auto beats = Must(client_->Subscribe("users.heartbeat"));
  const std::string epoch = line_.reader().Text("SELECT epoch FROM feed");
  EXPECT_EQ(json::parse(Must(beats->Next(kPatience)).payload),
            json({{"epoch", epoch}, {"seq", 0}}));
  Crowd crowd(line_);
  crowd.AddPlainAuthor().PublishEdits(3, 3, "u");
  crowd.Settle();
  EXPECT_TRUE(Eventually([&] {
    const auto beat = beats->Next(kPatience);
    return beat.ok() && json::parse(beat->payload) == json({{"epoch", epoch}, {"seq", 3}});
  }));
}

}  // namespace
}  // namespace usersync::tests
