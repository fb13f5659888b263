#include "bridge/eraser.h"

#include <gmock/gmock.h>

#include <map>

#include "bridge/subjects.h"
#include "bridge/testing/fake_broadcast_stream.h"
#include "bridge/testing/fake_store.h"
#include "bridge/testing/fake_update_stream.h"

namespace usersync::bridge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FakeMessages final : public StoredMessages {
 public:
  struct Message {
    std::string payload;
    std::string action;
    int64_t time_ns = 0;
  };

  absl::Status Scan(const std::string& stream, uint64_t last, const See& see) override {
    for (const auto& [sequence, message] : std::map(streams[stream])) {
      if (sequence > last) break;
      const auto seen = see({sequence, message.time_ns, message.action, message.payload});
      if (!seen.ok()) return seen;
    }
    return absl::OkStatus();
  }

  absl::Status Erase(const std::string& stream, uint64_t sequence) override {
    if (erasures_until_trouble-- == 0) return absl::UnavailableError("NATS is away");
    streams[stream].erase(sequence);
    return absl::OkStatus();
  }

  std::vector<uint64_t> Left(const std::string& stream) {
    std::vector<uint64_t> left;
    for (const auto& [sequence, message] : streams[stream]) left.push_back(sequence);
    return left;
  }

  std::map<std::string, std::map<uint64_t, Message>> streams;
  int erasures_until_trouble = -1;
};

class NoReceipts final : public ReceiptSink {
 public:
  void Publish(const UpdateBatch&, const users::internal::v1::IngestResponse&) override {}
};

class EraserTest : public testing::Test {
 protected:
  EraserTest() {
    store_.Commit(2);
    for (const char* id : {"u-1", "u-2"}) Broadcast(DocumentJson(id), "create");
    auto& updates = messages_.streams[kUpdateStream];
    updates[1] = {DocumentJson("u-1"), "", 100};
    updates[2] = {DocumentJson("u-2"), "", 200};
    updates[3] = {"[" + DocumentJson("u-2") + "," + DocumentJson("u-1") + "]", "", 300};
    updates[4] = {DocumentJson("u-1"), "", 400};
    store_.set_position(MakePosition(3, 300));
  }

  void Broadcast(const std::string& payload, const std::string& action) {
    const int64_t sequence = static_cast<int64_t>(broadcasts_.last()) + 1;
    broadcasts_.Add({store_.CheckpointOf(sequence), sequence});
    messages_.streams[kBroadcastStream][sequence] = {payload, action};
  }

  FakeMessages messages_;
  FakeBroadcasts broadcasts_;
  FakeBroadcastStream stream_{broadcasts_};
  FakeStore store_;
  Counters counters_;
  NoReceipts receipts_;
  LateMessages late_{receipts_};
  Eraser eraser_{{}, messages_, stream_, store_, late_, counters_};
};

TEST_F(EraserTest, RemovesWhatWasTakenInAndWhatWasBroadcastBeforeTheErasure) {
  store_.Erase("u-1");
  Broadcast(DocumentJson("u-1"), "erase");
  ASSERT_TRUE(eraser_.EraseNext().ok());
  EXPECT_THAT(messages_.Left(kUpdateStream), ElementsAre(2, 4)) << "4 was not taken in";
  EXPECT_THAT(messages_.Left(kBroadcastStream), ElementsAre(2, 3));
  EXPECT_EQ(store_.erased().sequence(), 3u);
}

TEST_F(EraserTest, WaitsUntilTheErasureItselfWasBroadcast) {
  store_.Erase("u-1");
  ASSERT_TRUE(eraser_.EraseNext().ok());
  EXPECT_THAT(messages_.Left(kUpdateStream), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(store_.erased().sequence(), 0u);
}

TEST_F(EraserTest, GoesOnWhereAnotherDied) {
  store_.Erase("u-1");
  Broadcast(DocumentJson("u-1"), "erase");
  messages_.erasures_until_trouble = 1;
  EXPECT_FALSE(eraser_.EraseNext().ok());
  EXPECT_EQ(store_.erased().sequence(), 0u);
  Eraser other{{}, messages_, stream_, store_, late_, counters_};
  ASSERT_TRUE(other.EraseNext().ok());
  EXPECT_THAT(messages_.Left(kUpdateStream), ElementsAre(2, 4));
  EXPECT_THAT(messages_.Left(kBroadcastStream), ElementsAre(2, 3));
  // There is nothing left to do.
  messages_.streams.clear();
  EXPECT_TRUE(eraser_.EraseNext().ok());
}

TEST_F(EraserTest, LeavesAStreamAloneThatWasMadeAnew) {
  for (auto& [sequence, message] : messages_.streams[kUpdateStream]) message.time_ns += 1000;
  store_.Erase("u-1");
  Broadcast(DocumentJson("u-1"), "erase");
  ASSERT_TRUE(eraser_.EraseNext().ok());
  EXPECT_THAT(messages_.Left(kUpdateStream), ElementsAre(1, 2, 3, 4));
}

TEST_F(EraserTest, RemovesWhatCameTooLate) {
  UpdateBatch batch(MakePosition(3, 300));
  UpdateMessage message;
  message.subject = "users.update.alice";
  message.payload = DocumentJson("u-1");
  message.sequence = 4;
  message.time_ns = 400;
  batch.Add(message, DecodeUpdate(message));
  users::internal::v1::IngestResponse response;
  response.add_receipts()->add_violations()->set_reason(users::v1::ERROR_REASON_USER_ERASED);
  response.add_refused_ids(1);
  late_.Publish(batch, response);
  ASSERT_TRUE(eraser_.EraseNext().ok());
  EXPECT_THAT(messages_.Left(kUpdateStream), ElementsAre(1, 2, 3));
  EXPECT_THAT(late_.Take(), IsEmpty());
}

}  // namespace
}  // namespace usersync::bridge
