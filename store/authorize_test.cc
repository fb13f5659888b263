#include "store/authorize.h"

#include <gtest/gtest.h>

namespace usersync::store {
namespace {

bool May(Role role, Operation operation) {
  return Authorize({.actor = "ann", .role = role}, operation, nullptr, nullptr);
}

TEST(Authorize, LetsEveryRoleDoWhatTheOnesBelowItMay) {
  EXPECT_FALSE(May(Role::kNone, Operation::kRead));
  EXPECT_TRUE(May(Role::kReader, Operation::kRead));
  EXPECT_FALSE(May(Role::kReader, Operation::kWrite));
  EXPECT_TRUE(May(Role::kWriter, Operation::kRead));
  EXPECT_TRUE(May(Role::kWriter, Operation::kWrite));
  EXPECT_FALSE(May(Role::kWriter, Operation::kAdminister));
  EXPECT_TRUE(May(Role::kAdmin, Operation::kWrite));
  EXPECT_TRUE(May(Role::kAdmin, Operation::kAdminister));
}

}  // namespace
}  // namespace usersync::store
