#include "store/diff.h"

#include <gmock/gmock.h>

namespace usersync::store {
namespace {

using users::v1::User;

User Ann() {
  User user;
  user.set_id("u-1");
  user.set_email("ann@example.com");
  user.set_status("active");
  user.set_created_at("2024-01-01T00:00:00Z");
  user.set_updated_at("2024-01-01T00:00:00Z");
  return user;
}

std::vector<std::string> FieldsOf(const std::vector<users::v1::FieldDiff>& diffs) {
  std::vector<std::string> fields;
  for (const auto& diff : diffs) fields.push_back(diff.field());
  return fields;
}

TEST(Diff, OfEqualUsersIsEmptyWhateverTheirVersions) {
  User later = Ann();
  later.set_version(7);
  const User ann = Ann();
  EXPECT_TRUE(Diff(&ann, later).empty());
}

TEST(Diff, NamesFieldsInTheirOrderInTheSchema) {
  User after = Ann();
  after.set_deleted(true);
  after.set_updated_at("2024-01-02T00:00:00Z");
  after.set_email("a@example.com");
  after.set_role("admin");
  const User before = Ann();
  EXPECT_THAT(FieldsOf(Diff(&before, after)),
              testing::ElementsAre("email", "role", "updated_at", "_deleted"));
}

TEST(Diff, ShowsBothValuesAndLeavesOutWhatWasNotSet) {
  User after = Ann();
  after.set_role("");
  after.set_status("paused");
  const User before = Ann();
  const auto diffs = Diff(&before, after);
  ASSERT_EQ(diffs.size(), 2u);
  EXPECT_EQ(diffs[0].before().string_value(), "active");
  EXPECT_EQ(diffs[0].after().string_value(), "paused");
  EXPECT_FALSE(diffs[1].has_before());
  EXPECT_TRUE(diffs[1].has_after());
  const auto back = Diff(&after, before);
  EXPECT_TRUE(back[1].has_before());
  EXPECT_FALSE(back[1].has_after());
}

TEST(Diff, OfADeletionGoesFromFalseToTrue) {
  User after = Ann();
  after.set_deleted(true);
  const User before = Ann();
  const auto diffs = Diff(&before, after);
  ASSERT_EQ(diffs.size(), 1u);
  EXPECT_TRUE(diffs[0].has_before());
  EXPECT_FALSE(diffs[0].before().bool_value());
  EXPECT_TRUE(diffs[0].after().bool_value());
}

TEST(Diff, FromTheEmptyUserHasNoEarlierValues) {
  const auto diffs = Diff(nullptr, Ann());
  EXPECT_THAT(FieldsOf(diffs),
              testing::ElementsAre("id", "email", "status", "created_at", "updated_at"));
  for (const auto& diff : diffs) EXPECT_FALSE(diff.has_before());
}

}  // namespace
}  // namespace usersync::store
