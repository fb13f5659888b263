#include "store/change_filter.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace usersync::store {
namespace {

users::v1::Version By(const std::string& actor, const std::string& user_id,
                      users::v1::Action action) {
  users::v1::Version version;
  version.set_actor(actor);
  version.set_user_id(user_id);
  version.set_action(action);
  return version;
}

void ExpectRefused(const users::v1::ChangeFilter& filter, const std::string& reason) {
  const auto made = ChangeFilter::From(filter);
  EXPECT_TRUE(absl::IsInvalidArgument(made.status()));
  EXPECT_EQ(ReasonOf(made.status()), reason);
}

TEST(ChangeFilter, ChoosesAllIfEveryListIsEmpty) {
  const auto filter = ChangeFilter::From({});
  ASSERT_TRUE(filter.ok());
  EXPECT_TRUE(filter->ChoosesAll());
  EXPECT_TRUE(filter->Chooses(By("ann", "u-1", users::v1::ACTION_CREATE)));
}

TEST(ChangeFilter, ChoosesWhatMatchesEveryListThatIsNotEmpty) {
  users::v1::ChangeFilter wanted;
  wanted.add_user_ids("u-1");
  wanted.add_user_ids("u-2");
  wanted.add_actions(users::v1::ACTION_UPDATE);
  wanted.add_actors("ann");
  const auto filter = ChangeFilter::From(wanted);
  ASSERT_TRUE(filter.ok());
  EXPECT_FALSE(filter->ChoosesAll());
  EXPECT_TRUE(filter->ChoosesByWrite());
  EXPECT_TRUE(filter->Chooses(By("ann", "u-2", users::v1::ACTION_UPDATE)));
  EXPECT_FALSE(filter->Chooses(By("bob", "u-2", users::v1::ACTION_UPDATE)));
  EXPECT_FALSE(filter->Chooses(By("ann", "u-3", users::v1::ACTION_UPDATE)));
  EXPECT_FALSE(filter->Chooses(By("ann", "u-2", users::v1::ACTION_DELETE)));
}

TEST(ChangeFilter, OfUsersAloneDoesNotLookAtTheWrite) {
  users::v1::ChangeFilter wanted;
  wanted.add_user_ids("u-1");
  const auto filter = ChangeFilter::From(wanted);
  ASSERT_TRUE(filter.ok());
  EXPECT_FALSE(filter->ChoosesAll());
  EXPECT_FALSE(filter->ChoosesByWrite());
  EXPECT_THAT(filter->UserIds(), testing::ElementsAre("u-1"));
}

TEST(ChangeFilter, TakesAThousandUsersAndActorsAndNoMore) {
  users::v1::ChangeFilter users;
  users::v1::ChangeFilter actors;
  for (int i = 0; i < 1000; ++i) {
    users.add_user_ids(absl::StrCat("u-", i));
    actors.add_actors(absl::StrCat("a-", i));
  }
  EXPECT_TRUE(ChangeFilter::From(users).ok());
  EXPECT_TRUE(ChangeFilter::From(actors).ok());
  users.add_user_ids("one-too-many");
  actors.add_actors("one-too-many");
  ExpectRefused(users, "TOO_LARGE");
  ExpectRefused(actors, "TOO_LARGE");
}

TEST(ChangeFilter, RefusesWhatCanMatchNothing) {
  users::v1::ChangeFilter user;
  user.add_user_ids("no id");
  ExpectRefused(user, "FIELD_INVALID");
  users::v1::ChangeFilter action;
  action.add_actions(users::v1::ACTION_UNSPECIFIED);
  ExpectRefused(action, "FIELD_INVALID");
  users::v1::ChangeFilter actor;
  actor.add_actors("");
  ExpectRefused(actor, "FIELD_INVALID");
}

}  // namespace
}  // namespace usersync::store
