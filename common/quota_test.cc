#include "common/quota.h"

#include <gtest/gtest.h>

namespace usersync {
namespace {

TEST(Quota, GivesEachKeySoManyAndNoMore) {
  Quota quota(2);
  const auto first = quota.Take("alice");
  auto second = quota.Take("alice");
  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(quota.Take("alice"), nullptr);
  EXPECT_NE(quota.Take("bob"), nullptr);
  second.reset();
  EXPECT_NE(quota.Take("alice"), nullptr);
}

TEST(Quota, MayEndBeforeItsSlots) {
  auto quota = std::make_unique<Quota>(1);
  const auto slot = quota->Take("alice");
  quota.reset();
  EXPECT_NE(slot, nullptr);
}

}  // namespace
}  // namespace usersync
