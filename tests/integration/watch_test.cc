// Watch: filters, users before, proofs, hop times, heartbeats.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/history_api.h"
#include "tests/integration/watch_stream.h"

namespace usersync::tests {
namespace {

using users::v1::Change;
using users::v1::WatchRequest;
using users::v1::WatchResponse;

class Watch : public HistoryApi {
 protected:
  // Everything after what is there now.
  WatchRequest FromNow() {
    WatchRequest request;
    request.set_start(users::v1::WATCH_START_NOW);
    request.mutable_heartbeat_interval()->set_seconds(1);
    WatchStream stream(reader_, request);
    request.set_checkpoint(stream.Next().checkpoint());
    return request;
  }

  // The changes after a place up to the head.
  std::vector<Change> ChangesAfter(const WatchRequest& request) {
    const int64_t head = line().Head();
    WatchStream stream(reader_, request);
    std::vector<Change> changes;
    while (changes.empty() || changes.back().version().sequence() < head) {
      changes.push_back(stream.NextChange());
    }
    return changes;
  }
};

TEST_F(Watch, TellsWhatMatchesEveryListOfTheFilter) {
  WatchRequest request = FromNow();
  request.mutable_filter()->add_user_ids("chosen");
  request.mutable_filter()->add_user_ids("other");
  request.mutable_filter()->add_actions(users::v1::ACTION_UPDATE);
  request.mutable_filter()->add_actors("alice");
  Create("chosen");
  Create("ignored");
  SetStatus("ignored", "paused");
  const auto first = SetStatus("chosen", "paused");
  StoreStub bob = Writer("bob");
  users::v1::UpdateUserRequest update;
  update.mutable_user()->set_id("chosen");
  update.mutable_user()->set_status("by bob");
  users::v1::UpdateUserResponse updated;
  ASSERT_THAT(bob.users().UpdateUser(bob.Context().get(), update, &updated), IsOk());
  const auto second = SetStatus("chosen", "active");
  WatchStream stream(reader_, request);
  EXPECT_EQ(stream.NextChange().version().sequence(), first.sequence());
  EXPECT_EQ(stream.NextChange().version().sequence(), second.sequence());
}

TEST_F(Watch, AHeartbeatMovesTheCheckpointOverWhatIsNotChosen) {
  WatchRequest request = FromNow();
  request.mutable_filter()->add_user_ids("quiet");
  WatchStream stream(reader_, request);
  const std::string before = stream.Next().checkpoint();
  Create("loud");
  WatchResponse heartbeat;
  do {
    heartbeat = stream.Next();
    ASSERT_TRUE(heartbeat.has_heartbeat());
  } while (heartbeat.checkpoint() == before);
  EXPECT_EQ(heartbeat.head_sequence(), line().Head());
  request.set_checkpoint(heartbeat.checkpoint());
  request.clear_filter();
  const auto next = SetStatus("loud", "paused");
  WatchStream resumed(reader_, request);
  EXPECT_EQ(resumed.NextChange().version().sequence(), next.sequence());
}

TEST_F(Watch, GoesOverALongHistoryThatIsNotChosen) {
  WatchRequest request = FromNow();
  request.mutable_filter()->add_user_ids("needle");
  users::v1::PushRequest push;
  for (int i = 0; i < 1000; ++i) {
    *push.add_mutations() =
        MakeMutation(absl::StrCat("hay-", i), MakeUser("hay", absl::StrCat("status-", i)));
  }
  users::v1::PushResponse pushed;
  ASSERT_THAT(writer_.sync().Push(writer_.Context().get(), push, &pushed), IsOk());
  const auto needle = Create("needle");
  {
    WatchStream stream(reader_, request);
    EXPECT_EQ(stream.NextChange().version().sequence(), needle.sequence());
  }
  // Now from the database.
  line().store().Kill9();
  line().store().Start();
  WatchStream stream(reader_, request);
  EXPECT_EQ(stream.NextChange().version().sequence(), needle.sequence());
}

TEST_F(Watch, TellsTheUserBeforeAndTheProofAlikeFromMemoryAndDatabase) {
  WatchRequest request = FromNow();
  request.set_include_before(true);
  request.set_include_proof(true);
  Create("seen");
  SetStatus("seen", "paused");
  Delete("seen");
  const std::vector<Change> live = ChangesAfter(request);
  line().store().Kill9();
  line().store().Start();
  const std::vector<Change> read_back = ChangesAfter(request);
  ASSERT_EQ(live.size(), 3u);
  ASSERT_EQ(read_back.size(), 3u);
  EXPECT_FALSE(live[0].has_before());
  for (int i = 0; i < 3; ++i) {
    users::v1::Version version;
    ASSERT_THAT(GetVersion("seen", i + 1, &version, true), IsOk());
    EXPECT_EQ(live[i].version().DebugString(), version.DebugString());
    EXPECT_EQ(read_back[i].version().DebugString(), version.DebugString());
    EXPECT_EQ(read_back[i].checkpoint(), live[i].checkpoint());
    EXPECT_EQ(read_back[i].before().DebugString(), live[i].before().DebugString());
    if (i > 0) {
      EXPECT_EQ(live[i].before().DebugString(), live[i - 1].version().user().DebugString());
    }
    EXPECT_TRUE(live[i].has_hop_times());
    EXPECT_FALSE(read_back[i].has_hop_times());
  }
  request.set_include_before(false);
  request.set_include_proof(false);
  for (const Change& change : ChangesAfter(request)) {
    EXPECT_FALSE(change.has_before());
    EXPECT_FALSE(change.version().has_proof());
  }
}

TEST_F(Watch, TellsWhenAChangePassedEachPart) {
  const absl::Time begun = absl::Now();
  const WatchRequest request = FromNow();
  WatchStream stream(reader_, request);
  Create("timed");
  const users::v1::HopTimes hops = stream.NextChange().hop_times();
  const auto of = [](const google::protobuf::Timestamp& time) {
    return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  };
  EXPECT_FALSE(hops.has_publish_time());
  EXPECT_GE(of(hops.enqueue_time()), begun - absl::Milliseconds(1));
  EXPECT_GE(of(hops.commit_time()), of(hops.enqueue_time()));
  EXPECT_GE(of(hops.send_time()), of(hops.commit_time()));
  EXPECT_LE(of(hops.send_time()), absl::Now());
}

TEST_F(Watch, RefusesWhatCannotBeAskedFor) {
  const auto end = [this](const WatchRequest& request) {
    return WatchStream(reader_, request).End();
  };
  WatchRequest many;
  WatchRequest authors;
  for (int i = 0; i <= 1000; ++i) {
    many.mutable_filter()->add_user_ids(absl::StrCat("u-", i));
    authors.mutable_filter()->add_actors(absl::StrCat("a-", i));
  }
  EXPECT_THAT(end(many), IsError(grpc::StatusCode::INVALID_ARGUMENT, "TOO_LARGE"));
  EXPECT_THAT(end(authors), IsError(grpc::StatusCode::INVALID_ARGUMENT, "TOO_LARGE"));
  WatchRequest start;
  start.set_start(static_cast<users::v1::WatchStart>(9));
  EXPECT_THAT(end(start), IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  WatchRequest heartbeat;
  heartbeat.mutable_heartbeat_interval()->set_seconds(301);
  EXPECT_THAT(end(heartbeat), IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  WatchRequest checkpoint;
  checkpoint.set_checkpoint("none");
  EXPECT_THAT(end(checkpoint), IsError(grpc::StatusCode::INVALID_ARGUMENT, "TOKEN_MALFORMED"));
}

}  // namespace
}  // namespace usersync::tests
