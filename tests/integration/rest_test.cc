// The REST interface of a gateway before a real store.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/harness/gateway.h"
#include "tests/harness/http_client.h"
#include "tests/integration/store_api.h"

namespace usersync::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Rest : public StoreApi {
 protected:
  static void SetUpTestSuite() {
    StoreApi::SetUpTestSuite();
    gateway_ = std::make_unique<Gateway>(line().preparation(),
                                         std::vector<std::string>{line().store().address()});
    gateway_->Start();
  }
  static void TearDownTestSuite() {
    gateway_.reset();
    StoreApi::TearDownTestSuite();
  }

  static int port() { return gateway_->http_port(); }

  static HttpAnswer Get(const std::string& target, const HttpFields& headers = {}) {
    return HttpClient(port()).Ask("GET", target, headers);
  }
  static HttpAnswer Write(const std::string& verb, const std::string& target,
                          const std::string& body = "", HttpFields headers = {}) {
    headers.insert({"Content-Type", "application/json"});
    headers.insert({"X-User-ID", "alice"});
    return HttpClient(port()).Ask(verb, target, headers, body);
  }
  static std::string Body(const std::string& id, const std::string& status = "active") {
    return absl::StrCat(R"({"id":")", id, R"(","email":")", id, R"(@example.com","status":")",
                        status, R"("})");
  }
  static void Create(const std::string& id) {
    const HttpAnswer answer = Write("POST", "/api/users", Body(id));
    ASSERT_EQ(answer.status, 200) << answer.body;
  }

  static void ExpectProblem(const HttpAnswer& answer, int status, const std::string& reason,
                            const std::string& field = "") {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    const auto problem = answer.json();
    EXPECT_EQ(problem["status"], status);
    EXPECT_EQ(problem.value("reason", ""), reason) << answer.body;
    if (field.empty()) return;
    EXPECT_EQ(problem["violations"][0]["field"], field) << answer.body;
    EXPECT_THAT(problem["detail"].get<std::string>(), HasSubstr(field));
  }

  // The next event that is no comment, and its data.
  static ServerEvent NextEvent(EventStream& stream, nlohmann::json* data) {
    auto event = stream.Next();
    while (event && event->data.empty()) event = stream.Next();
    if (!event) throw std::runtime_error("the stream ended");
    *data = nlohmann::json::parse(event->data);
    return *event;
  }

  static std::unique_ptr<Gateway> gateway_;
};

std::unique_ptr<Gateway> Rest::gateway_;

TEST_F(Rest, MakesReadsChangesAndDeletesAUser) {
  const HttpAnswer made = Write("POST", "/api/users?reason=why&mutationId=m-1", Body("u-1"));
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(made.header("content-type"), "application/json");
  const auto user = made.json()["user"];
  EXPECT_EQ(user["id"], "u-1");
  EXPECT_EQ(user["version"], 1);
  EXPECT_TRUE(user["sequence"].is_string());
  EXPECT_FALSE(user.contains("role"));
  // The same again is the same, and no second version.
  EXPECT_EQ(Write("POST", "/api/users?reason=why&mutationId=m-1", Body("u-1")).json(), made.json());

  EXPECT_EQ(Get("/api/users/u-1").json()["user"]["email"], "u-1@example.com");
  const auto changed =
      Write("PATCH", "/api/users/u-1?expectedVersion=1", R"({"role":"admin"})").json()["user"];
  EXPECT_EQ(changed["role"], "admin");
  EXPECT_EQ(changed["status"], "active");
  EXPECT_EQ(changed["version"], 2);
  EXPECT_EQ(Write("DELETE", "/api/users/u-1").json()["user"]["deleted"], true);
  EXPECT_EQ(Write("POST", "/api/users/u-1:undelete").json()["user"]["version"], 4);
  const auto restored = Write("POST", "/api/users/u-1:restore?version=1").json()["user"];
  EXPECT_EQ(restored["version"], 5);
  EXPECT_FALSE(restored.contains("role"));
}

TEST_F(Rest, ChangesWhatTheMaskNamesOrElseWhatIsSet) {
  Create("mask");
  const auto masked =
      Write("PATCH", "/api/users/mask?updateMask=role,status", R"({"status":"new","email":"x"})")
          .json()["user"];
  EXPECT_EQ(masked["status"], "new");
  EXPECT_EQ(masked["email"], "mask@example.com");
  Write("PATCH", "/api/users/mask", R"({"role":"a"})");
  const auto cleared = Write("PATCH", "/api/users/mask?updateMask=role", "{}").json()["user"];
  EXPECT_FALSE(cleared.contains("role"));
  ExpectProblem(Write("PATCH", "/api/users/mask?updateMask=id", "{}"), 400, "FIELD_INVALID",
                "update_mask");
}

TEST_F(Rest, TellsTheHistory) {
  Create("past");
  Write("PATCH", "/api/users/past", R"({"status":"left"})");
  const auto versions = Get("/api/users/past/versions?pageSize=1").json();
  EXPECT_EQ(versions["versions"].size(), 1u);
  EXPECT_EQ(versions["versions"][0]["version"], 2);
  EXPECT_EQ(versions["versions"][0]["actor"], "alice");
  EXPECT_FALSE(versions["nextPageToken"].get<std::string>().empty());
  EXPECT_EQ(Get("/api/users/past/versions/1").json()["version"]["action"], "ACTION_CREATE");
  EXPECT_THAT(Get("/api/users/past/versions/1?includeProof=true").body, HasSubstr("bodyHash"));
  const auto diffs = Get("/api/users/past/versions:diff?fromVersion=1&toVersion=2").json()["diffs"];
  EXPECT_EQ(diffs[0]["field"], "status");
  EXPECT_EQ(diffs[0]["before"], "active");
  EXPECT_EQ(diffs[0]["after"], "left");
  EXPECT_EQ(Get("/api/users/past?version=1").json()["user"]["status"], "active");
}

TEST_F(Rest, ListsUsersPageByPage) {
  for (const char* id : {"list-1", "list-2", "list-3"}) Create(id);
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto page =
        Get(absl::StrCat("/api/users?emailPrefix=list-&pageSize=2&pageToken=", token)).json();
    for (const auto& user : page["users"]) seen.push_back(user["id"]);
    token = page.value("nextPageToken", "");
  } while (!token.empty());
  EXPECT_EQ(absl::StrJoin(seen, ","), "list-1,list-2,list-3");
}

TEST_F(Rest, SaysWhatIsWrongAsAProblem) {
  Create("taken");
  ExpectProblem(Get("/api/users/nobody"), 404, "USER_NOT_FOUND");
  ExpectProblem(Get("/api/users/taken/versions/9"), 404, "VERSION_NOT_FOUND");
  ExpectProblem(Write("POST", "/api/users", Body("taken")), 409, "USER_EXISTS");
  ExpectProblem(
      Write("POST", "/api/users", R"({"id":"other","email":"taken@example.com","status":"a"})"),
      409, "EMAIL_TAKEN", "email");
  ExpectProblem(Write("PATCH", "/api/users/taken?expectedVersion=7", R"({"status":"b"})"), 409,
                "VERSION_MISMATCH");
  ExpectProblem(Write("POST", "/api/users/taken:undelete"), 400, "USER_DELETED");
  ExpectProblem(Write("POST", "/api/users", R"({"id":"bad","email":"none","status":"a"})"), 400,
                "FIELD_INVALID", "email");
  ExpectProblem(Write("POST", "/api/users", R"({"colour":"blue"})"), 400, "FIELD_UNKNOWN",
                "colour");
  ExpectProblem(Get("/api/users?colour=blue"), 400, "FIELD_UNKNOWN", "colour");
  ExpectProblem(Get("/api/users?pageSize=many"), 400, "FIELD_INVALID", "pageSize");
  ExpectProblem(Get("/api/changes?checkpoint=nonsense"), 400, "TOKEN_MALFORMED");
  ExpectProblem(Get("/api/nothing"), 404, "");
}

TEST_F(Rest, WantsJsonAndTheRightVerb) {
  for (const char* verb : {"POST", "PATCH", "DELETE"}) {
    const std::string path = *verb == 'P' && verb[1] == 'O' ? "/api/users" : "/api/users/x";
    for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonx",
                             "multipart/form-data; a=application/json"}) {
      const HttpAnswer answer = Write(verb, path, Body("csrf"), {{"Content-Type", type}});
      EXPECT_EQ(answer.status, 415) << verb << type;
      EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    }
    EXPECT_EQ(HttpClient(port()).Ask(verb, path, {}, Body("csrf")).status, 415) << verb;
  }
  EXPECT_EQ(Write("POST", "/api/users/x:undelete", "", {{"Content-Type", "text/plain"}}).status,
            415);
  EXPECT_EQ(Write("POST", "/api/users", Body("json"),
                  {{"Content-Type", "Application/JSON; charset=utf-8"}})
                .status,
            200);
  const HttpAnswer put = Write("PUT", "/api/users/x", "{}");
  EXPECT_EQ(put.status, 405);
  EXPECT_EQ(put.header("allow"), "GET, HEAD, PATCH, DELETE");
}

TEST_F(Rest, KnowsTheActorByXUserId) {
  Create("actor");
  Write("PATCH", "/api/users/actor", R"({"status":"b"})", {{"X-User-ID", "bob"}});
  // What only the gateway says is not the client's to say.
  HttpClient(port()).Ask("PATCH", "/api/users/actor",
                         {{"Content-Type", "application/json"},
                          {"Usersync-Actor", "mallory"},
                          {"usersync-actor-bin", "bWFsbG9yeQ"},
                          {"usersync-auth", "mtls"},
                          {"usersync-token", "stolen"}},
                         R"({"status":"c"})");
  const auto versions = Get("/api/users/actor/versions").json()["versions"];
  EXPECT_EQ(versions[0]["actor"], "frontend-client");
  EXPECT_EQ(versions[1]["actor"], "bob");
  EXPECT_EQ(versions[0]["auth"], "AUTH_NONE");
  for (const char* name : {"gateway", "bridge", "system", "frontend-client", "a b", ""}) {
    EXPECT_EQ(Get("/api/users/actor", {{"X-User-ID", name}}).status, 400) << name;
  }
}

TEST_F(Rest, HoldsOutAgainstHugeAndHostileBodies) {
  const HttpAnswer huge = Write("POST", "/api/users", std::string(2 << 20, ' '));
  EXPECT_EQ(huge.status, 413);
  EXPECT_EQ(huge.header("content-type"), "application/problem+json");
  ExpectProblem(Write("POST", "/api/users", std::string(900000, '[')), 400, "FIELD_INVALID",
                "body");
  EXPECT_EQ(Get("/api/users/a%2Fb").status, 400);
  EXPECT_EQ(Get("/api/users?status=%ff").status, 400);
  EXPECT_EQ(Get(absl::StrCat("/api/users/", std::string(5000, 'a'))).status, 400);
}

TEST_F(Rest, AnswersHeadWithoutABody) {
  Create("head");
  const HttpAnswer head = HttpClient(port()).Ask("HEAD", "/api/users/head");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.header("content-length"), absl::StrCat(Get("/api/users/head").body.size()));
  EXPECT_EQ(HttpClient(port()).Ask("HEAD", "/api/changes").header("content-type"),
            "text/event-stream");
}

TEST_F(Rest, DescribesItself) {
  const HttpAnswer answer = Get("/api/openapi.json");
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.json()["openapi"], "3.0.3");
  EXPECT_TRUE(answer.json()["paths"]["/api/users/{id}/versions:diff"].contains("get"));
}

TEST_F(Rest, LetsListedPagesReadItsAnswers) {
  const HttpFields page = {{"Origin", "http://127.0.0.1:3000"}};
  for (const char* target : {"/api/users", "/api/users/nobody", "/api/nothing"}) {
    EXPECT_EQ(Get(target, page).header("access-control-allow-origin"), "http://127.0.0.1:3000");
  }
  EventStream changes(port(), "/api/changes?heartbeatInterval=1s", page);
  EXPECT_EQ(changes.answer().header("access-control-allow-origin"), "http://127.0.0.1:3000");
  EXPECT_EQ(Get("/api/users", {{"Origin", "http://evil.test"}}).status, 403);
}

TEST_F(Rest, StreamsChangesAndGoesOnWhereItWasInterrupted) {
  Create("sse-1");
  const std::string target =
      "/api/changes?start=WATCH_START_OLDEST&filter.userIds=sse-1&filter.userIds=sse-2";
  std::string id;
  nlohmann::json change;
  {
    EventStream changes(port(), target);
    EXPECT_EQ(changes.answer().header("content-type"), "text/event-stream");
    EXPECT_EQ(changes.answer().header("content-length"), "");
    const ServerEvent event = NextEvent(changes, &change);
    EXPECT_EQ(change["version"]["userId"], "sse-1");
    EXPECT_EQ(change["checkpoint"], event.id);
    EXPECT_EQ(event.type, "");
    id = event.id;
    // And what happens while somebody listens.
    Create("sse-2");
    NextEvent(changes, &change);
    EXPECT_EQ(change["version"]["userId"], "sse-2");
  }
  EventStream resumed(port(), target, {{"Last-Event-ID", id}});
  NextEvent(resumed, &change);
  EXPECT_EQ(change["version"]["userId"], "sse-2");
}

TEST_F(Rest, BeginsAStreamWithASnapshot) {
  Create("snap");
  nlohmann::json data;
  // A write is answered before the feed hears of it.
  EventStream feed(port(), "/api/changes?start=WATCH_START_OLDEST&filter.userIds=snap");
  NextEvent(feed, &data);
  EventStream changes(port(), "/api/changes?start=WATCH_START_SNAPSHOT&filter.userIds=snap");
  EXPECT_EQ(NextEvent(changes, &data).type, "snapshot");
  EXPECT_EQ(data["users"][0]["id"], "snap");
  const ServerEvent end = NextEvent(changes, &data);
  EXPECT_EQ(end.type, "snapshotEnd");
  EXPECT_FALSE(end.id.empty());
}

TEST_F(Rest, SendsHeartbeatsAsComments) {
  EventStream changes(port(), "/api/changes?heartbeatInterval=1s&filter.userIds=nobody");
  const auto event = changes.Next();
  ASSERT_TRUE(event);
  EXPECT_THAT(event->comment, StartsWith("heartbeat, head "));
  EXPECT_EQ(event->id + event->data, "");
}

// Last: it stops the store for a while.
TEST_F(Rest, ZTellsNoAddressWhenTheStoreGoes) {
  EventStream changes(port(), "/api/changes?heartbeatInterval=1s&filter.userIds=nobody");
  ASSERT_TRUE(changes.Next());
  line().store().Kill9();
  std::optional<ServerEvent> event;
  do {
    event = changes.Next();
    ASSERT_TRUE(event) << "the stream ended without a word";
  } while (event->type != "error");
  EXPECT_EQ(nlohmann::json::parse(event->data)["status"], 503);
  EXPECT_THAT(event->data, Not(HasSubstr("127.0.0.1")));
  EXPECT_FALSE(changes.Next());
  const HttpAnswer answer = Get("/api/users");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, AllOf(HasSubstr("UNAVAILABLE"), Not(HasSubstr("127.0.0.1"))));
  EXPECT_EQ(Get("/log/checkpoint").status, 503);
  line().store().Start();
}

}  // namespace
}  // namespace usersync::tests
