#include "gateway/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

const Identity kIdentity({.token = "secret"});

TEST(Identity, IsTheBrowsersWithoutAClaim) {
  EXPECT_THAT(
      *kIdentity.Identify({}),
      ElementsAre(Pair("usersync-token", "secret"), Pair("usersync-actor", "frontend-client"),
                  Pair("usersync-roles", "writer"), Pair("usersync-auth", "none")));
}

TEST(Identity, IsClaimedByXUserId) {
  EXPECT_THAT(*kIdentity.Identify({{"x-user-id", "alice"}}),
              Contains(Pair("usersync-actor", "alice")));
}

TEST(Identity, IsNeverAPartOfTheSystemNorIllFormed) {
  for (const std::string name : {"frontend-client", "system", "bridge", "gateway", "", "a b", "a:b",
                                 "\xc3\xa9", "alice@example.com"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(kIdentity.Identify({{"x-user-id", name}}).status()))
        << name;
  }
  EXPECT_FALSE(kIdentity.Identify({{"x-user-id", std::string(65, 'a')}}).ok());
  EXPECT_FALSE(kIdentity.Identify({{"x-user-id", "alice"}, {"x-user-id", "bob"}}).ok());
}

}  // namespace
}  // namespace usersync::gateway
