#include "store/user_command.h"

#include <gtest/gtest.h>

#include "common/status.h"

namespace usersync::store {
namespace {

using Kind = UserCommand::Kind;
using users::v1::User;

constexpr char kNow[] = "2024-05-05T05:05:05.555Z";

CurrentUser Ann() {
  CurrentUser current{.object_id = 7};
  current.user.set_id("u1");
  current.user.set_email("ann@example.com");
  current.user.set_status("active");
  current.user.set_role("user");
  current.user.set_created_at("2024-01-01T00:00:00Z");
  current.user.set_updated_at("2024-01-01T00:00:00Z");
  current.user.set_version(3);
  current.user.set_sequence(9);
  return current;
}

UserCommand Command(Kind kind) {
  UserCommand command{.kind = kind};
  command.user.set_id("u1");
  command.mutation_id = "m-1";
  command.reason = "because";
  return command;
}

void ExpectError(const UserCommand& command, const CurrentUser* current, absl::StatusCode code,
                 const std::string& reason, const User* past = nullptr) {
  const auto mutation = Resolve(command, {.current = current, .past = past, .now = kNow});
  ASSERT_FALSE(mutation.ok());
  EXPECT_EQ(mutation.status().code(), code);
  EXPECT_EQ(ReasonOf(mutation.status()), reason);
  EXPECT_FALSE(mutation.status().message().empty());
}

TEST(UserCommand, BecomesAMutationWithoutBelief) {
  const CurrentUser current = Ann();
  const auto mutation = Resolve(Command(Kind::kDelete), {.current = &current, .now = kNow});
  ASSERT_TRUE(mutation.ok());
  EXPECT_TRUE(mutation->unconditional());
  EXPECT_EQ(mutation->mutation_id(), "m-1");
  EXPECT_EQ(mutation->reason(), "because");
  EXPECT_EQ(mutation->user().version(), 0);
}

TEST(UserCommand, CreatesWithTheStoresClockWhereNoTimeIsGiven) {
  UserCommand command = Command(Kind::kCreate);
  command.user.set_created_at("2020-01-01T00:00:00Z");
  const auto mutation = Resolve(command, {.current = nullptr, .now = kNow});
  ASSERT_TRUE(mutation.ok());
  EXPECT_EQ(mutation->user().created_at(), "2020-01-01T00:00:00Z");
  EXPECT_EQ(mutation->user().updated_at(), kNow);
}

TEST(UserCommand, CreatesNoUserThatIsThereAlready) {
  CurrentUser current = Ann();
  const UserCommand command = Command(Kind::kCreate);
  ExpectError(command, &current, absl::StatusCode::kAlreadyExists, "USER_EXISTS");
  current.user.set_deleted(true);
  ExpectError(command, &current, absl::StatusCode::kAlreadyExists, "USER_EXISTS");
}

TEST(UserCommand, CreatesNoDeletedUser) {
  UserCommand command = Command(Kind::kCreate);
  command.user.set_deleted(true);
  ExpectError(command, nullptr, absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
}

TEST(UserCommand, UpdatesTheNamedFieldsOnTopOfWhatStands) {
  UserCommand command = Command(Kind::kUpdate);
  command.user.set_status("paused");
  command.user.set_email("ignored@example.com");
  command.fields = {"status", "role"};
  const CurrentUser current = Ann();
  const auto mutation = Resolve(command, {.current = &current, .now = kNow});
  ASSERT_TRUE(mutation.ok());
  EXPECT_EQ(mutation->user().status(), "paused");
  EXPECT_FALSE(mutation->user().has_role());
  EXPECT_EQ(mutation->user().email(), "ann@example.com");
  EXPECT_EQ(mutation->user().updated_at(), kNow);
}

TEST(UserCommand, TakesUpdatedAtFromItsAuthorIfItIsNamed) {
  UserCommand command = Command(Kind::kUpdate);
  command.user.set_status("paused");
  command.user.set_updated_at("2024-02-02T00:00:00Z");
  command.fields = {"status", "updated_at"};
  const CurrentUser current = Ann();
  EXPECT_EQ(Resolve(command, {.current = &current, .now = kNow})->user().updated_at(),
            "2024-02-02T00:00:00Z");
}

TEST(UserCommand, LeavesTheClockAloneWhereNothingDiffers) {
  UserCommand command = Command(Kind::kUpdate);
  command.user.set_status("active");
  command.fields = {"status"};
  const CurrentUser current = Ann();
  EXPECT_EQ(Resolve(command, {.current = &current, .now = kNow})->user().updated_at(),
            current.user.updated_at());
}

TEST(UserCommand, DeletesAtTheStoresTime) {
  const CurrentUser current = Ann();
  const auto mutation = Resolve(Command(Kind::kDelete), {.current = &current, .now = kNow});
  ASSERT_TRUE(mutation.ok());
  EXPECT_TRUE(mutation->user().deleted());
  EXPECT_EQ(mutation->user().updated_at(), kNow);
  EXPECT_EQ(mutation->user().email(), "ann@example.com");
}

TEST(UserCommand, NeedsALivingUserOfTheExpectedVersion) {
  for (const Kind kind : {Kind::kUpdate, Kind::kDelete}) {
    UserCommand command = Command(kind);
    command.expected_version = 3;
    CurrentUser current = Ann();
    EXPECT_TRUE(Resolve(command, {.current = &current, .now = kNow}).ok());
    ExpectError(command, nullptr, absl::StatusCode::kNotFound, "USER_NOT_FOUND");
    command.expected_version = 2;
    ExpectError(command, &current, absl::StatusCode::kAborted, "VERSION_MISMATCH");
    current.user.set_deleted(true);
    ExpectError(command, &current, absl::StatusCode::kFailedPrecondition, "USER_DELETED");
  }
}

TEST(UserCommand, UndeletesTheUserAsItLastLived) {
  CurrentUser current = Ann();
  current.user.set_deleted(true);
  current.user.set_email("of-the-tombstone@example.com");
  const User past = Ann().user;
  const auto mutation =
      Resolve(Command(Kind::kUndelete), {.current = &current, .past = &past, .now = kNow});
  ASSERT_TRUE(mutation.ok());
  EXPECT_FALSE(mutation->user().deleted());
  EXPECT_EQ(mutation->user().email(), "ann@example.com");
  EXPECT_EQ(mutation->user().role(), "user");
  EXPECT_EQ(mutation->user().updated_at(), kNow);
  EXPECT_EQ(mutation->user().version(), 0);
}

TEST(UserCommand, UndeletesOnlyADeletedUserOfTheExpectedVersion) {
  UserCommand command = Command(Kind::kUndelete);
  CurrentUser current = Ann();
  const User past = Ann().user;
  ExpectError(command, nullptr, absl::StatusCode::kNotFound, "USER_NOT_FOUND");
  ExpectError(command, &current, absl::StatusCode::kFailedPrecondition, "USER_DELETED", &past);
  current.user.set_deleted(true);
  ExpectError(command, &current, absl::StatusCode::kOutOfRange, "VERSION_ARCHIVED");
  command.expected_version = 2;
  ExpectError(command, &current, absl::StatusCode::kAborted, "VERSION_MISMATCH", &past);
}

TEST(UserCommand, RestoresWhatPeopleChoseAndLeavesTheRest) {
  UserCommand command = Command(Kind::kRestore);
  command.version = 1;
  const CurrentUser current = Ann();
  User past = Ann().user;
  past.set_email("first@example.com");
  past.set_status("new");
  past.clear_role();
  past.set_created_at("2020-01-01T00:00:00Z");
  past.set_updated_at("2020-01-01T00:00:00Z");
  past.set_deleted(true);
  const auto mutation = Resolve(command, {.current = &current, .past = &past, .now = kNow});
  ASSERT_TRUE(mutation.ok());
  EXPECT_EQ(mutation->user().email(), "first@example.com");
  EXPECT_EQ(mutation->user().status(), "new");
  EXPECT_FALSE(mutation->user().has_role());
  EXPECT_EQ(mutation->user().created_at(), current.user.created_at());
  EXPECT_EQ(mutation->user().updated_at(), kNow);
  EXPECT_FALSE(mutation->user().deleted());
}

TEST(UserCommand, RestoresOnlyALivingUserToAVersionThatIsThere) {
  UserCommand command = Command(Kind::kRestore);
  CurrentUser current = Ann();
  const User past = Ann().user;
  command.version = 4;
  ExpectError(command, &current, absl::StatusCode::kNotFound, "VERSION_NOT_FOUND");
  command.version = 3;
  ExpectError(command, &current, absl::StatusCode::kOutOfRange, "VERSION_ARCHIVED");
  command.expected_version = 2;
  ExpectError(command, &current, absl::StatusCode::kAborted, "VERSION_MISMATCH", &past);
  current.user.set_deleted(true);
  ExpectError(command, &current, absl::StatusCode::kFailedPrecondition, "USER_DELETED", &past);
}

TEST(UserCommand, IsRefusedForAnErasedUser) {
  CurrentUser current = Ann();
  current.user.set_deleted(true);
  current.erased = true;
  for (const Kind kind :
       {Kind::kCreate, Kind::kUpdate, Kind::kDelete, Kind::kUndelete, Kind::kRestore}) {
    ExpectError(Command(kind), &current, absl::StatusCode::kInvalidArgument, "USER_ERASED");
  }
}

TEST(UserCommand, ErasesADeletedUserAndOneWhoIsErasedAlready) {
  CurrentUser current = Ann();
  current.user.set_deleted(true);
  for (const bool erased : {false, true}) {
    current.erased = erased;
    const auto mutation = Resolve(Command(Kind::kErase), {.current = &current, .now = kNow});
    ASSERT_TRUE(mutation.ok());
    EXPECT_EQ(mutation->user().email(), "erased-u1@erased.invalid");
  }
  ExpectError(Command(Kind::kErase), nullptr, absl::StatusCode::kNotFound, "USER_NOT_FOUND");
}

}  // namespace
}  // namespace usersync::store
