// ChangeFeedService.Watch as a service calls it: where it starts, what it tells, how it ends.
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/store_api.h"

namespace usersync::tests {
namespace {

using grpc::StatusCode;
using users::v1::WatchRequest;
using users::v1::WatchResponse;

// One stream, read by hand.
class Stream {
 public:
  Stream(StoreStub& stub, const WatchRequest& request, absl::Duration patience)
      : context_(stub.Context(patience)), reader_(stub.feed().Watch(context_.get(), request)) {}
  ~Stream() { context_->TryCancel(); }

  // False at its end.
  bool Read(WatchResponse* response) { return reader_->Read(response); }

  // The next change; none at its end.
  std::optional<users::v1::Change> NextChange() {
    while (waiting_.empty()) {
      WatchResponse response;
      if (!Read(&response)) return std::nullopt;
      waiting_.assign(response.changes().changes().begin(), response.changes().changes().end());
    }
    users::v1::Change change = waiting_.front();
    waiting_.erase(waiting_.begin());
    return change;
  }

  void Cancel() { context_->TryCancel(); }
  grpc::Status End() {
    WatchResponse response;
    while (Read(&response)) {
    }
    return reader_->Finish();
  }

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<WatchResponse>> reader_;
  std::vector<users::v1::Change> waiting_;
};

class WatchApi : public StoreApi {
 protected:
  Stream Watch(const WatchRequest& request, absl::Duration patience = absl::Minutes(1)) {
    return Stream(reader_, request, patience);
  }

  // Makes one more change; returns its sequence.
  int64_t Change() {
    users::v1::PushRequest request;
    const std::string id = absl::StrCat("watched-", ++count_);
    *request.add_mutations() = MakeMutation(id, MakeUser(id));
    users::v1::PushResponse response;
    Must(FromGrpc(writer_.sync().Push(writer_.Context().get(), request, &response)));
    return response.receipts(0).sequence();
  }

  static WatchRequest From(users::v1::WatchStart start) {
    WatchRequest request;
    request.set_start(start);
    return request;
  }

  StoreStub writer_ = Writer();
  StoreStub reader_ = Direct("");

 private:
  static int count_;
};

int WatchApi::count_ = 0;

TEST_F(WatchApi, FromTheOldestTellsEveryChangeOnceAndGoesOn) {
  Change();
  const int64_t head = Change();
  Stream stream = Watch(From(users::v1::WATCH_START_OLDEST));
  for (int64_t expected = 1; expected <= head; ++expected) {
    ASSERT_EQ(stream.NextChange().value().version().sequence(), expected);
  }
  const int64_t next = Change();
  const auto change = stream.NextChange().value();
  EXPECT_EQ(change.version().sequence(), next);
  EXPECT_EQ(change.version().actor(), "alice");
  EXPECT_EQ(change.version().action(), users::v1::ACTION_CREATE);
  EXPECT_EQ(change.version().user().id(), change.version().user_id());
  EXPECT_FALSE(change.checkpoint().empty());
}

TEST_F(WatchApi, FromNowTellsOnlyWhatComesAfterIt) {
  Change();
  Stream stream = Watch(From(users::v1::WATCH_START_NOW));
  WatchResponse first;
  ASSERT_TRUE(stream.Read(&first));
  EXPECT_TRUE(first.has_heartbeat()) << "says at once where it begins";
  EXPECT_FALSE(first.checkpoint().empty());
  EXPECT_EQ(first.epoch(), line().reader().Text("SELECT epoch FROM feed"));
  const int64_t next = Change();
  EXPECT_EQ(stream.NextChange().value().version().sequence(), next);
}

TEST_F(WatchApi, GoesOnAfterAnyCheckpointThatItGave) {
  Change();
  const int64_t head = Change();
  std::vector<std::string> checkpoints;
  {
    Stream all = Watch(From(users::v1::WATCH_START_OLDEST));
    while (static_cast<int64_t>(checkpoints.size()) < head) {
      checkpoints.push_back(all.NextChange().value().checkpoint());
    }
  }
  for (const int64_t after : {int64_t{1}, head - 1}) {
    WatchRequest request = From(users::v1::WATCH_START_NOW);
    request.set_checkpoint(checkpoints[after - 1]);
    EXPECT_EQ(Watch(request).NextChange().value().version().sequence(), after + 1);
  }
}

TEST_F(WatchApi, BeatsAsOftenAsAskedWithCheckpointAndHead) {
  const int64_t head = Change();
  WatchRequest request = From(users::v1::WATCH_START_NOW);
  request.mutable_heartbeat_interval()->set_seconds(1);
  Stream stream = Watch(request);
  std::string checkpoint;
  for (int beat = 0; beat < 3; ++beat) {
    WatchResponse response;
    ASSERT_TRUE(stream.Read(&response));
    ASSERT_TRUE(response.has_heartbeat());
    EXPECT_EQ(response.head_sequence(), head);
    EXPECT_TRUE(beat == 0 || response.checkpoint() == checkpoint);
    checkpoint = response.checkpoint();
  }
  Stream resumed = Watch([&] {
    WatchRequest next;
    next.set_checkpoint(checkpoint);
    return next;
  }());
  const int64_t next = Change();
  EXPECT_EQ(resumed.NextChange().value().version().sequence(), next);
}

TEST_F(WatchApi, RefusesAnIntervalOutsideOneSecondToFiveMinutes) {
  WatchRequest request;
  for (const auto& [seconds, nanos] :
       std::vector<std::pair<int, int>>{{0, 500000000}, {300, 1}, {-1, 0}}) {
    request.mutable_heartbeat_interval()->set_seconds(seconds);
    request.mutable_heartbeat_interval()->set_nanos(nanos);
    const grpc::Status status = Watch(request).End();
    EXPECT_THAT(status, IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
    EXPECT_THAT(FieldsOf(status), testing::ElementsAre("heartbeat_interval"));
  }
}

TEST_F(WatchApi, RefusesACheckpointThatIsNoneOrOfAnotherHistory) {
  Change();
  WatchRequest request;
  request.set_checkpoint("yesterday");
  EXPECT_THAT(Watch(request).End(), IsError(StatusCode::INVALID_ARGUMENT, "TOKEN_MALFORMED"));
  std::string other = Watch(From(users::v1::WATCH_START_OLDEST)).NextChange().value().checkpoint();
  other.back() = other.back() == 'A' ? 'B' : 'A';
  request.set_checkpoint(other);
  EXPECT_THAT(Watch(request).End(),
              IsError(StatusCode::FAILED_PRECONDITION, "CHECKPOINT_DIVERGED"));
}

TEST_F(WatchApi, EndsWhenTheClientCancelsAndAtItsDeadline) {
  Stream stream = Watch(From(users::v1::WATCH_START_NOW));
  WatchResponse response;
  ASSERT_TRUE(stream.Read(&response));
  stream.Cancel();
  EXPECT_EQ(stream.End().error_code(), StatusCode::CANCELLED);
  EXPECT_EQ(Watch(From(users::v1::WATCH_START_NOW), absl::Milliseconds(300)).End().error_code(),
            StatusCode::DEADLINE_EXCEEDED);
}

}  // namespace
}  // namespace usersync::tests
