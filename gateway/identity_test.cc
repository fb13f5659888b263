#include "gateway/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

constexpr char kMethod[] = "users.v1.UserService/GetUser";

const Identity kIdentity({.token = "secret"});

TEST(Identity, IsTheBrowsersWithoutAClaim) {
  EXPECT_THAT(
      kIdentity.Identify(kMethod, {})->metadata,
      ElementsAre(Pair("usersync-token", "secret"), Pair("usersync-actor", "frontend-client"),
                  Pair("usersync-roles", "writer"), Pair("usersync-auth", "none")));
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

}  // namespace
}  // namespace usersync::gateway
