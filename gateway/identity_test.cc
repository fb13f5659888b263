#include "gateway/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/testing/temp_file.h"
#include "gateway/testing/token_maker.h"

namespace usersync::gateway {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

constexpr char kMethod[] = "users.v1.UserService/GetUser";

const Identity kIdentity("secret");

TEST(Identity, IsTheBrowsersWithoutAClaim) {
  EXPECT_THAT(
      kIdentity.Identify(kMethod, {})->metadata,
      ElementsAre(Pair("usersync-actor", "frontend-client"), Pair("usersync-roles", "writer"),
                  Pair("usersync-auth", "none"), Pair("usersync-token", "secret")));
}

TEST(Identity, IsClaimedByXUserId) {
  EXPECT_THAT(kIdentity.Identify(kMethod, {{"x-user-id", "alice"}})->metadata,
              Contains(Pair("usersync-actor", "alice")));
}

TEST(Identity, IsNeverAPartOfTheSystemNorIllFormed) {
  for (const std::string name : {"frontend-client", "system", "bridge", "gateway", "", "a b", "a:b",
                                 "\xc3\xa9", "alice@example.com"}) {
    EXPECT_TRUE(
        absl::IsInvalidArgument(kIdentity.Identify(kMethod, {{"x-user-id", name}}).status()))
        << name;
  }
  EXPECT_FALSE(kIdentity.Identify(kMethod, {{"x-user-id", std::string(65, 'a')}}).ok());
  EXPECT_FALSE(kIdentity.Identify(kMethod, {{"x-user-id", "alice"}, {"x-user-id", "bob"}}).ok());
}

TEST(Identity, IsNobodysBusinessForHealth) {
  const auto caller = kIdentity.Identify("grpc.health.v1.Health/Check", {{"x-user-id", "a b"}});
  ASSERT_TRUE(caller.ok());
  EXPECT_TRUE(caller->metadata.empty());
}

class AuthenticatedTest : public testing::Test {
 protected:
  AuthenticatedTest()
      : file_(TokenMaker::Jwks()),
        identity_("secret", std::make_unique<JwtVerifier>(
                                *JwtKeys::Load(file_.path(), ParseJwks),
                                JwtClaimRules{.issuer = "issuer", .audience = "usersync"})) {}

  static std::string Token() {
    return TokenMaker::Hs256(TokenMaker::Unsigned(
        R"({"alg":"HS256","kid":"hs"})",
        R"({"iss":"issuer","aud":"usersync","sub":"alice","roles":["reader"],"exp":9999999999})"));
  }

  absl::Status StatusOf(const HttpHeaders& headers) const {
    return identity_.Identify(kMethod, headers).status();
  }

  const TempFile file_;
  const Identity identity_;
};

TEST_F(AuthenticatedTest, IsTheTokens) {
  for (const std::string scheme : {"Bearer ", "bearer ", "BEARER   "}) {
    const auto caller = identity_.Identify(kMethod, {{"authorization", scheme + Token()}});
    ASSERT_TRUE(caller.ok()) << caller.status();
    EXPECT_EQ(caller->actor, "alice");
    EXPECT_EQ(caller->expires, absl::FromUnixSeconds(9999999999));
    EXPECT_THAT(caller->metadata,
                ElementsAre(Pair("usersync-actor", "alice"), Pair("usersync-roles", "reader"),
                            Pair("usersync-auth", "jwt"), Pair("usersync-token", "secret")));
  }
}

TEST_F(AuthenticatedTest, NeedsExactlyOneBearerToken) {
  const std::string bearer = "Bearer " + Token();
  EXPECT_TRUE(absl::IsUnauthenticated(StatusOf({})));
  EXPECT_TRUE(
      absl::IsUnauthenticated(StatusOf({{"authorization", bearer}, {"authorization", bearer}})));
  for (const std::string& value :
       {Token(), "Basic " + Token(), "Bearer" + Token(), bearer + ", " + bearer,
        std::string("Bearer "), std::string("Bearer"), std::string()}) {
    EXPECT_TRUE(absl::IsUnauthenticated(StatusOf({{"authorization", value}}))) << value;
  }
}

TEST_F(AuthenticatedTest, LooksForTheTokenNowhereElse) {
  EXPECT_TRUE(absl::IsUnauthenticated(StatusOf({{"x-authorization", "Bearer " + Token()},
                                                {"proxy-authorization", "Bearer " + Token()},
                                                {"cookie", "access_token=" + Token()}})));
}

TEST_F(AuthenticatedTest, IsNeverClaimedByXUserId) {
  EXPECT_TRUE(absl::IsInvalidArgument(StatusOf({{"x-user-id", "alice"}})));
  EXPECT_TRUE(absl::IsInvalidArgument(
      StatusOf({{"authorization", "Bearer " + Token()}, {"x-user-id", "alice"}})));
}

TEST_F(AuthenticatedTest, IsAskedForByReflectionAndNotByHealth) {
  EXPECT_FALSE(
      identity_.Identify("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", {}).ok());
  EXPECT_TRUE(identity_.Identify("grpc.health.v1.Health/Check", {}).ok());
}

}  // namespace
}  // namespace usersync::gateway
