#include "gateway/rest_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status.h"
#include "users/v1/change_feed_service.pb.h"
#include "users/v1/history_service.pb.h"
#include "users/v1/user_service.pb.h"

namespace usersync::gateway {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Ask(
    const std::string& verb, const std::string& path, const std::string& query = "",
    const std::string& body = "", const std::string& last_event_id = "") {
  return MakeRequest(
      {.match = *FindRestRoute(verb, path).match, .query = query, .last_event_id = last_event_id},
      body);
}

template <typename Request>
Request Must(const absl::StatusOr<std::unique_ptr<google::protobuf::Message>>& request) {
  EXPECT_TRUE(request.ok()) << request.status();
  return request.ok() ? dynamic_cast<const Request&>(**request) : Request();
}

// Expects an error that begins with the name of the field.
void ExpectBlame(const absl::StatusOr<std::unique_ptr<google::protobuf::Message>>& request,
                 const std::string& field) {
  ASSERT_TRUE(absl::IsInvalidArgument(request.status())) << field;
  EXPECT_THAT(std::string(request.status().message()), StartsWith(field + " "));
}

TEST(RestRequest, TakesThePathAndTheQuery) {
  const auto request = Must<users::v1::ListVersionsRequest>(
      Ask("GET", "/api/users/u-1/versions", "pageSize=7&page_token=t%2B&includeProof=true"));
  EXPECT_EQ(request.user_id(), "u-1");
  EXPECT_EQ(request.page_size(), 7);
  EXPECT_EQ(request.page_token(), "t+");
  EXPECT_TRUE(request.include_proof());
}

TEST(RestRequest, ReadsEveryTypeOfParameter) {
  const auto watch = Must<users::v1::WatchRequest>(
      Ask("GET", "/api/changes",
          "start=WATCH_START_OLDEST&filter.userIds=a&filter.user_ids=b&filter.actions=ACTION_ERASE"
          "&heartbeatInterval=2.5s"));
  EXPECT_EQ(watch.start(), users::v1::WATCH_START_OLDEST);
  EXPECT_THAT(watch.filter().user_ids(), ElementsAre("a", "b"));
  EXPECT_THAT(watch.filter().actions(), ElementsAre(users::v1::ACTION_ERASE));
  EXPECT_EQ(watch.heartbeat_interval().nanos(), 500000000);

  const auto get = Must<users::v1::GetUserRequest>(
      Ask("GET", "/api/users/a", "time=2024-01-01T00%3A00%3A00.5Z"));
  EXPECT_EQ(get.time().seconds(), 1704067200);
  EXPECT_EQ(Must<users::v1::GetUserRequest>(Ask("GET", "/api/users/a", "sequence=9007199254740993"))
                .sequence(),
            9007199254740993);
}

TEST(RestRequest, TakesTheUserFromTheBodyAndTheRestFromTheQuery) {
  const auto request = Must<users::v1::UpdateUserRequest>(Ask(
      "PATCH", "/api/users/u-1",
      "updateMask=email,createdAt&updateMask=role&expectedVersion=3&reason=for+fun&mutationId=m",
      R"({"email":"a@b.c","role":null})"));
  EXPECT_EQ(request.user().id(), "u-1");
  EXPECT_EQ(request.user().email(), "a@b.c");
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("email", "created_at", "role"));
  EXPECT_EQ(request.expected_version(), 3);
  EXPECT_EQ(request.reason(), "for fun");
  EXPECT_EQ(request.mutation_id(), "m");
}

TEST(RestRequest, TakesFieldsOfAWriteWithoutAUserFromTheBodyToo) {
  const auto request = Must<users::v1::RestoreUserRequest>(
      Ask("POST", "/api/users/a:restore", "reason=r", R"({"version":2})"));
  EXPECT_EQ(request.user_id(), "a");
  EXPECT_EQ(request.version(), 2);
  EXPECT_EQ(request.reason(), "r");
  EXPECT_EQ(Must<users::v1::RestoreUserRequest>(Ask("POST", "/api/users/a:restore", "version=2"))
                .version(),
            2);
  ExpectBlame(Ask("POST", "/api/users/a:restore", "version=2", R"({"version":3})"), "version");
}

TEST(RestRequest, KeepsAnExplicitZero) {
  EXPECT_TRUE(Must<users::v1::DeleteUserRequest>(Ask("DELETE", "/api/users/a", "expectedVersion=0"))
                  .has_expected_version());
}

TEST(RestRequest, NamesAParameterThatIsUnknown) {
  for (const char* name :
       {"colour", "user", "user.email", "page.size", "pageSize.x", "as_of", ""}) {
    ExpectBlame(Ask("POST", "/api/users", std::string(name) + "=1", "{}"),
                *name == '\0' ? "the document" : name);
  }
  ExpectBlame(Ask("GET", "/api/changes", "filter=x"), "filter");
  ExpectBlame(Ask("GET", "/api/changes", "filter.colour=x"), "filter.colour");
}

TEST(RestRequest, NamesAParameterOfAnotherForm) {
  ExpectBlame(Ask("GET", "/api/users", "pageSize=many"), "pageSize");
  ExpectBlame(Ask("GET", "/api/users", "pageSize="), "pageSize");
  ExpectBlame(Ask("GET", "/api/users", "pageSize=99999999999"), "pageSize");
  ExpectBlame(Ask("GET", "/api/users", "showDeleted=perhaps"), "showDeleted");
  ExpectBlame(Ask("GET", "/api/changes", "start=OLDEST"), "start");
  ExpectBlame(Ask("GET", "/api/users/a", "time=now"), "time");
  ExpectBlame(Ask("GET", "/api/users/a/versions/x"), "version");
}

TEST(RestRequest, TakesNothingTwice) {
  ExpectBlame(Ask("GET", "/api/users", "pageSize=1&page_size=1"), "page_size");
  ExpectBlame(Ask("GET", "/api/users", "status=&status="), "status");
  ExpectBlame(Ask("GET", "/api/users/a", "version=1&sequence=1"), "sequence");
  ExpectBlame(Ask("GET", "/api/users/a", "userId=b"), "userId");
  ExpectBlame(Ask("PATCH", "/api/users/a", "", R"({"id":"b"})"), "user.id");
  EXPECT_EQ(Must<users::v1::UpdateUserRequest>(Ask("PATCH", "/api/users/a", "", R"({"id":"a"})"))
                .user()
                .id(),
            "a");
}

TEST(RestRequest, GoesOnWhereAStreamWasInterrupted) {
  const auto request = Must<users::v1::WatchRequest>(
      Ask("GET", "/api/changes", "checkpoint=old&includeBefore=true", "", "new"));
  EXPECT_EQ(request.checkpoint(), "new");
  EXPECT_TRUE(request.include_before());
  EXPECT_EQ(
      Must<users::v1::WatchRequest>(Ask("GET", "/api/changes", "checkpoint=old")).checkpoint(),
      "old");
}

TEST(RestRequest, OverlooksTheBodyOfARead) {
  EXPECT_EQ(Must<users::v1::GetUserRequest>(Ask("GET", "/api/users/a", "", "no json")).user_id(),
            "a");
}

}  // namespace
}  // namespace usersync::gateway
