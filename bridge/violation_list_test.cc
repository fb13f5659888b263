#include "bridge/violation_list.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"

namespace usersync::bridge {
namespace {

TEST(ViolationList, KeepsAllInTheirOrder) {
  ViolationList violations;
  EXPECT_TRUE(violations.empty());
  violations.Add(users::v1::ERROR_REASON_FIELD_UNKNOWN, "x");
  violations.AddInvalid("email", "must be a string", "5");
  ASSERT_EQ(violations.found().size(), 2u);
  EXPECT_EQ(violations.found()[0].field(), "x");
  EXPECT_EQ(violations.found()[1].reason(), users::v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_THAT(violations.found()[1].description(),
              ::testing::HasSubstr("must be a string (got \"5\")"));
}

TEST(ViolationList, SaysThatThereIsMoreThanItHolds) {
  ViolationList violations;
  for (int i = 0; i < 100000; ++i) {
    violations.Add(users::v1::ERROR_REASON_FIELD_UNKNOWN, absl::StrCat("x", i));
  }
  ASSERT_EQ(violations.found().size(), ViolationList::kMost);
  EXPECT_EQ(violations.found()[ViolationList::kMost - 2].field(), "x48");
  EXPECT_EQ(violations.found().back().field(), "");
  EXPECT_THAT(violations.found().back().description(), ::testing::HasSubstr("more is wrong"));
}

}  // namespace
}  // namespace usersync::bridge
