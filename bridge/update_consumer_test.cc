#include "bridge/update_consumer.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_join.h"
#include "bridge/testing/eventually.h"
#include "bridge/testing/fake_store.h"
#include "bridge/testing/fake_update_stream.h"

namespace usersync::bridge {
namespace {

// Remembers who was answered.
class FakeReceipts final : public ReceiptSink {
 public:
  void Publish(const UpdateBatch& batch,
               const users::internal::v1::IngestResponse& response) override {
    MutexLock lock(mutex_);
    for (size_t i = 0; i < batch.recipients().size(); ++i) {
      const auto* receipt = batch.ReceiptOf(i, response);
      if (receipt != nullptr) outcomes_.push_back(receipt->outcome());
    }
  }

  std::vector<int> outcomes() {
    MutexLock lock(mutex_);
    return outcomes_;
  }

 private:
  Mutex mutex_;
  std::vector<int> outcomes_ GUARDED_BY(mutex_);
};

// A bridge's half that takes in, on a thread of its own.
class Taker {
 public:
  Taker(FakeUpdateStream& stream, FakeStore& store)
      : source_(stream),
        consumer_({.idle_check = absl::Milliseconds(20),
                   .standby_check = absl::Milliseconds(5),
                   .takeover_after = absl::Milliseconds(50),
                   .backoff = {.first = absl::Milliseconds(1), .most = absl::Milliseconds(5)}},
                  source_, store, receipts_, counters_),
        thread_([this] { consumer_.Run(); }) {}
  ~Taker() { Stop(); }

  void Stop() {
    consumer_.Stop();
    if (thread_.joinable()) thread_.join();
  }

  FakeReceipts& receipts() { return receipts_; }
  Counters& counters() { return counters_; }

 private:
  FakeMessageSource source_;
  FakeReceipts receipts_;
  Counters counters_;
  UpdateConsumer consumer_;
  std::thread thread_;
};

class UpdateConsumerTest : public testing::Test {
 protected:
  // Publishes users named <prefix>1, <prefix>2 …
  void Publish(const std::string& prefix, int count) {
    for (int i = 1; i <= count; ++i) {
      published_.push_back(absl::StrCat(prefix, i));
      stream_.Publish(DocumentJson(published_.back()));
    }
  }

  bool AllTaken() {
    return Eventually([&] { return SamePosition(store_.position(), stream_.last()); });
  }

  FakeUpdateStream stream_;
  FakeStore store_;
  std::vector<std::string> published_;
};

TEST_F(UpdateConsumerTest, TakesEveryMessageInOrderOnceAndAnswersIt) {
  Publish("before-", 50);
  Taker taker(stream_, store_);
  Publish("after-", 50);
  ASSERT_TRUE(AllTaken());
  EXPECT_EQ(store_.users(), published_);
  EXPECT_TRUE(Eventually([&] { return taker.receipts().outcomes().size() == 100; }));
}

TEST_F(UpdateConsumerTest, CollectsTheNextBatchWhileOneIsInFlight) {
  store_.Hold();
  Taker taker(stream_, store_);
  Publish("first-", 1);
  ASSERT_TRUE(Eventually([&] { return store_.held() == 1; }));
  Publish("next-", 20);
  // Nothing else is sent meanwhile: one Ingest is in flight.
  EXPECT_EQ(store_.sent(), 1);
  store_.Release();
  ASSERT_TRUE(AllTaken());
  EXPECT_EQ(store_.users(), published_);
  EXPECT_LE(store_.sent(), 3);
}

TEST_F(UpdateConsumerTest, RepeatsAFailedIngestInPlace) {
  int failures = 0;
  store_.SetTrouble([&](const FakeStore::IngestRequest&) {
    return ++failures % 4 == 0 ? absl::OkStatus() : absl::UnavailableError("away");
  });
  Taker taker(stream_, store_);
  Publish("user-", 30);
  ASSERT_TRUE(AllTaken());
  EXPECT_EQ(store_.users(), published_);
  EXPECT_GE(taker.counters().ingest_retries.value(), 3u);
}

TEST_F(UpdateConsumerTest, GoesOnInPlaceWhenOnlyTheAnswerWasLost) {
  Taker taker(stream_, store_);
  store_.LoseNextAnswer();
  Publish("lost-", 1);
  ASSERT_TRUE(AllTaken());
  Publish("next-", 3);
  ASSERT_TRUE(AllTaken());
  EXPECT_EQ(store_.users(), published_);
  EXPECT_EQ(taker.counters().consumer_standbys.value(), 0u);
  EXPECT_EQ(taker.counters().lost_receipts.value(), 1u);
}

TEST_F(UpdateConsumerTest, HalvesWhatTheStoreFindsTooMuch) {
  for (const absl::StatusCode code :
       {absl::StatusCode::kResourceExhausted, absl::StatusCode::kInvalidArgument}) {
    store_.SetTrouble([code](const FakeStore::IngestRequest& request) {
      return request.entries_size() > 3 ? absl::Status(code, "too much") : absl::OkStatus();
    });
    Publish(absl::StrCat("user", static_cast<int>(code), "-"), 50);
    Taker taker(stream_, store_);
    ASSERT_TRUE(AllTaken());
    EXPECT_EQ(store_.users(), published_);
    EXPECT_EQ(taker.counters().unusable_messages.value(), 0u);
  }
}

TEST_F(UpdateConsumerTest, KeepsAMessageThatTheStoreRefusesAsOneThatCannotBeDecoded) {
  store_.SetTrouble([](const FakeStore::IngestRequest& request) {
    for (const auto& entry : request.entries()) {
      if (entry.mutation().user().id() == "bad") return absl::InvalidArgumentError("never");
    }
    return absl::OkStatus();
  });
  Publish("before-", 5);
  stream_.Publish(DocumentJson("bad"));
  Publish("after-", 5);
  Taker taker(stream_, store_);
  ASSERT_TRUE(AllTaken());
  EXPECT_EQ(store_.users(), published_);
  EXPECT_EQ(taker.counters().unusable_messages.value(), 1u);
  ASSERT_TRUE(Eventually([&] { return taker.receipts().outcomes().size() == 11; }));
  EXPECT_EQ(taker.receipts().outcomes()[5], users::v1::OUTCOME_INVALID);
}

TEST_F(UpdateConsumerTest, GoesOnBehindAMessageThatTheStoreDoesNotWantAtAll) {
  store_.SetTrouble([](const FakeStore::IngestRequest& request) {
    for (const auto& entry : request.entries()) {
      if (entry.has_undecodable() || entry.mutation().user().id() == "bad") {
        return absl::InvalidArgumentError("never");
      }
    }
    return absl::OkStatus();
  });
  stream_.Publish(DocumentJson("bad"));
  Publish("after-", 2);
  Taker taker(stream_, store_);
  ASSERT_TRUE(AllTaken());
  EXPECT_EQ(store_.users(), published_);
  ASSERT_TRUE(Eventually([&] { return taker.receipts().outcomes().size() == 3; }));
  EXPECT_EQ(taker.receipts().outcomes()[0], users::v1::OUTCOME_INVALID);
}

TEST_F(UpdateConsumerTest, TakesAtMostAThousandEntriesAtATime) {
  std::vector<std::string> documents;
  for (int i = 0; i < 700; ++i) documents.push_back(DocumentJson(absl::StrCat("user-", i)));
  for (int i = 0; i < 4; ++i)
    stream_.Publish(absl::StrCat("[", absl::StrJoin(documents, ","), "]"));
  Taker taker(stream_, store_);
  ASSERT_TRUE(AllTaken());
  EXPECT_EQ(store_.users().size(), 2800u);
  for (const auto& request : store_.committed()) EXPECT_LE(request.entries_size(), 1000);
}

TEST_F(UpdateConsumerTest, PassesOverAnEmptyArray) {
  stream_.Publish("[]");
  Publish("user-", 1);
  Taker taker(stream_, store_);
  ASSERT_TRUE(AllTaken());
  EXPECT_EQ(store_.users(), published_);
}

TEST_F(UpdateConsumerTest, StandsByWhileAnotherWorksAndTakesOverWhenItDies) {
  auto first = std::make_unique<Taker>(stream_, store_);
  auto second = std::make_unique<Taker>(stream_, store_);
  const auto standbys = [&] {
    return first->counters().consumer_standbys.value() +
           second->counters().consumer_standbys.value();
  };
  for (int i = 0; standbys() == 0; ++i) {
    ASSERT_LT(i, 1000) << "nobody stands by";
    Publish(absl::StrCat("both", i, "-"), 3);
    ASSERT_TRUE(AllTaken());
  }
  // The one that works dies.
  (first->counters().consumer_standbys.value() == 0 ? first : second).reset();
  Publish("later-", 20);
  ASSERT_TRUE(AllTaken());
  EXPECT_EQ(store_.users(), published_);
}

TEST_F(UpdateConsumerTest, TakesLostMutationsInAgainAfterTheDatabaseWasRestored) {
  Taker taker(stream_, store_);
  Publish("kept-", 5);
  ASSERT_TRUE(AllTaken());
  const Position backup = store_.position();
  Publish("lost-", 5);
  ASSERT_TRUE(AllTaken());
  // In a quiet hour: nothing is published that would tell.
  store_.Restore(backup, 5);
  ASSERT_TRUE(AllTaken());
  const auto users = store_.users();
  ASSERT_EQ(users.size(), 15u);
  EXPECT_EQ(users[5], "lost-1");
  EXPECT_EQ(users[10], "lost-1");
  EXPECT_EQ(users[14], "lost-5");
}

TEST_F(UpdateConsumerTest, BeginsAtTheFrontOfAStreamThatWasMadeAnew) {
  Taker taker(stream_, store_);
  Publish("old-", 5);
  ASSERT_TRUE(AllTaken());
  stream_.MakeAnew();
  Publish("new-", 20);
  ASSERT_TRUE(AllTaken());
  EXPECT_EQ(store_.users(), published_);
}

TEST_F(UpdateConsumerTest, GoesOnWhenTheEndOfTheStreamIsLost) {
  Taker taker(stream_, store_);
  Publish("old-", 5);
  ASSERT_TRUE(AllTaken());
  stream_.LoseTail(3);
  Publish("new-", 3);
  ASSERT_TRUE(AllTaken());
  EXPECT_EQ(store_.users(), published_);
}

TEST_F(UpdateConsumerTest, AnswersWhatIsInFlightBeforeItStops) {
  store_.Hold();
  auto taker = std::make_unique<Taker>(stream_, store_);
  Publish("user-", 1);
  ASSERT_TRUE(Eventually([&] { return store_.held() == 1; }));
  std::thread stopping([&] { taker->Stop(); });
  store_.Release();
  stopping.join();
  EXPECT_EQ(taker->receipts().outcomes().size(), 1u);
}

}  // namespace
}  // namespace usersync::bridge
