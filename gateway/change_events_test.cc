#include "gateway/change_events.h"

#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

users::v1::Change ChangeOf(int64_t sequence, const std::string& checkpoint) {
  users::v1::Change change;
  change.mutable_version()->set_sequence(sequence);
  change.set_checkpoint(checkpoint);
  return change;
}

TEST(ChangeEvents, AreOneAChange) {
  users::v1::WatchResponse response;
  *response.mutable_changes()->add_changes() = ChangeOf(1, "c1");
  *response.mutable_changes()->add_changes() = ChangeOf(2, "c2");
  EXPECT_EQ(EventsOf(response),
            "id: c1\ndata: {\"version\":{\"sequence\":\"1\"},\"checkpoint\":\"c1\"}\n\n"
            "id: c2\ndata: {\"version\":{\"sequence\":\"2\"},\"checkpoint\":\"c2\"}\n\n");
}

TEST(ChangeEvents, AreOneAPageOfASnapshot) {
  users::v1::WatchResponse response;
  response.mutable_snapshot()->add_users()->set_id("a\nb");
  EXPECT_EQ(EventsOf(response), "event: snapshot\ndata: {\"users\":[{\"id\":\"a\\nb\"}]}\n\n");
  response.set_checkpoint("c");
  response.mutable_snapshot_end()->set_user_count(1);
  EXPECT_EQ(EventsOf(response), "event: snapshotEnd\nid: c\ndata: {\"userCount\":\"1\"}\n\n");
}

TEST(ChangeEvents, AreACommentForAHeartbeat) {
  users::v1::WatchResponse response;
  response.set_checkpoint("c");
  response.set_head_sequence(7);
  response.mutable_heartbeat();
  EXPECT_EQ(EventsOf(response), ": heartbeat, head 7\n\n");
}

TEST(ChangeEvents, TellWhatWentWrong) {
  EXPECT_EQ(ErrorEvent(absl::UnavailableError("away")),
            "event: error\ndata: {\"type\":\"about:blank\",\"title\":\"Service Unavailable\","
            "\"status\":503,\"detail\":\"away\",\"code\":\"UNAVAILABLE\"}\n\n");
}

}  // namespace
}  // namespace usersync::gateway
