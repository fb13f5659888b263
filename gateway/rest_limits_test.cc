// Calls of REST that have a deadline, and more of them than one actor may have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/testing/users_backend.h"
#include "gateway/testing/web_fixture.h"

namespace usersync::gateway {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class RestLimitsTest : public WebFixture {
 protected:
  Gateway::Options Options() override {
    users_.Start();
    Gateway::Options options = WebFixture::Options();
    options.stores = {users_.address()};
    options.calls_per_actor = 2;
    return options;
  }

  static std::string Head(const std::string& path, const std::string& headers) {
    return absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: localhost\r\n", headers, "\r\n");
  }

  UsersBackend users_;
};

TEST_F(RestLimitsTest, PassesItsDeadlineOnAndKeepsIt) {
  EXPECT_THAT(Get("/api/users/slow", "grpc-timeout: 1500m\r\n"),
              AllOf(StartsWith("HTTP/1.1 504 Gateway Timeout\r\n"),
                    HasSubstr("content-type: application/problem+json\r\n"),
                    HasSubstr(R"("code":"DEADLINE_EXCEEDED")")));
  EXPECT_GT(users_.time_left(), absl::ZeroDuration());
  EXPECT_LT(users_.time_left(), absl::Seconds(2));
  EXPECT_TRUE(Eventually([&] { return users_.cancelled() == 1; }));
  EXPECT_THAT(Get("/api/users/quick", "grpc-timeout: 1H\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Get("/api/users/quick", "grpc-timeout: 0S\r\n"), StartsWith("HTTP/1.1 504 "));
}

TEST_F(RestLimitsTest, EndsAStreamAtItsDeadlineWithAnEvent) {
  EXPECT_THAT(Get("/api/changes", "grpc-timeout: 300m\r\n"),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("event: error\n"),
                    HasSubstr(R"("status":504)"), EndsWith(kEnd)));
  EXPECT_TRUE(Eventually([&] { return users_.cancelled() == 1; }));
}

TEST_F(RestLimitsTest, RefusesADeadlineThatIsMalformed) {
  for (const char* path : {"/api/users/quick", "/api/changes", "/log/checkpoint"}) {
    EXPECT_THAT(Get(path, "grpc-timeout: soon\r\n"),
                AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("grpc-timeout must be")))
        << path;
  }
}

TEST_F(RestLimitsTest, IsRefusedBeyondWhatOneActorMayHaveOpen) {
  RawClient user(gateway_->http_port());
  user.Send(Head("/api/users/slow", "X-User-ID: alice\r\n"));
  RawClient stream(gateway_->http_port());
  stream.Send(Head("/api/changes", "X-User-ID: alice\r\n"));
  ASSERT_TRUE(Eventually([&] { return users_.open() == 2; }));
  for (const char* path : {"/api/users/quick", "/api/changes"}) {
    EXPECT_THAT(Get(path, "X-User-ID: alice\r\n"),
                AllOf(StartsWith("HTTP/1.1 429 Too Many Requests\r\n"),
                      HasSubstr("content-type: application/problem+json\r\n"),
                      HasSubstr("retry-after: 1\r\n"), HasSubstr("at most 2 calls"),
                      HasSubstr(R"("reason":"RATE_LIMITED")")))
        << path;
  }
  EXPECT_THAT(Get("/api/users/quick", "X-User-ID: bob\r\n"), StartsWith("HTTP/1.1 200 "));
  for (RawClient* client : {&stream, &user}) {
    client->Close();
    EXPECT_TRUE(Eventually([&] {
      return Get("/api/users/quick", "X-User-ID: alice\r\n").find(" 200 ") != std::string::npos;
    }));
  }
}

}  // namespace
}  // namespace usersync::gateway
