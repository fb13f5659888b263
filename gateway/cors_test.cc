#include "gateway/cors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

using testing::HasSubstr;

constexpr char kPage[] = "http://localhost:3000";

TEST(Cors, AllowsListedOriginsAndNothingLikeThem) {
  const CorsPolicy policy({kPage});
  EXPECT_TRUE(policy.Allows(kPage));
  for (const char* origin : {"http://localhost:30000", "https://localhost:3000", "null", "",
                             "http://localhost:3000/", "http://evil.localhost:3000"}) {
    EXPECT_FALSE(policy.Allows(origin)) << origin;
  }
}

TEST(Cors, PreflightAllowsTheHeadersOfGrpcWebClients) {
  HttpHeaders answer;
  CorsPolicy({kPage}).AddPreflight(kPage, &answer);
  EXPECT_EQ(answer.Get("access-control-allow-origin"), kPage);
  EXPECT_EQ(answer.Get("access-control-max-age"), "7200");
  EXPECT_EQ(answer.Get("vary"), "Origin");
  for (const char* name : {"content-type", "x-grpc-web", "x-user-agent", "grpc-timeout",
                           "authorization", "connect-protocol-version"}) {
    EXPECT_THAT(std::string(answer.Get("access-control-allow-headers")), HasSubstr(name));
  }
}

TEST(Cors, ExposesEveryFieldOfThisVeryAnswer) {
  HttpHeaders answer = {{"x-tag", "a"}};
  CorsPolicy({kPage}).AddActual(kPage, &answer);
  EXPECT_EQ(answer.Get("access-control-expose-headers"),
            "grpc-message, grpc-status, grpc-status-details-bin, x-tag");
  EXPECT_EQ(answer.Get("vary"), "Origin");
}

}  // namespace
}  // namespace usersync::gateway
