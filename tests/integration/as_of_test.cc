// GetUser as of a version, a sequence or a time.
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/history_api.h"

namespace usersync::tests {
namespace {

using users::v1::GetUserRequest;
using users::v1::GetUserResponse;
using users::v1::User;

GetUserRequest Ask(const std::string& id) {
  GetUserRequest request;
  request.set_user_id(id);
  return request;
}

GetUserRequest AtSequence(const std::string& id, int64_t sequence) {
  GetUserRequest request = Ask(id);
  request.set_sequence(sequence);
  return request;
}

GetUserRequest AtVersion(const std::string& id, int version) {
  GetUserRequest request = Ask(id);
  request.set_version(version);
  return request;
}

GetUserRequest AtTime(const std::string& id, const google::protobuf::Timestamp& time) {
  GetUserRequest request = Ask(id);
  *request.mutable_time() = time;
  return request;
}

google::protobuf::Timestamp Later(google::protobuf::Timestamp time, int nanos) {
  time.set_nanos(time.nanos() + nanos);
  return time;
}

class AsOf : public HistoryApi {
 protected:
  // Edits the user somehow, by what it is now.
  void EditSomehow(const std::string& id) {
    if (!states_[id].empty() && states_[id].rbegin()->second.deleted()) {
      users::v1::UndeleteUserRequest request;
      request.set_user_id(id);
      User user;
      ASSERT_THAT(Undelete(request, &user), IsOk());
    } else if (states_[id].empty()) {
      Create(id);
    } else if (random_() % 4 == 0) {
      Delete(id);
    } else if (random_() % 4 == 0) {
      users::v1::RestoreUserRequest request;
      request.set_user_id(id);
      request.set_version(1 + static_cast<int>(random_() % states_[id].size()));
      User user;
      ASSERT_THAT(Restore(request, &user), IsOk());
    } else {
      SetStatus(id, absl::StrCat("status-", random_() % 1000));
    }
    const User now = Get(id);
    states_[id][now.sequence()] = now;
  }

  // What is there at a sequence, by what GetUser said when it was the newest.
  const User* Fold(const std::string& id, int64_t sequence) {
    auto after = states_[id].upper_bound(sequence);
    return after == states_[id].begin() ? nullptr : &(--after)->second;
  }

  void ExpectState(const GetUserRequest& request, const User* expected) {
    GetUserResponse response;
    const grpc::Status status = GetAsOf(request, &response);
    if (expected == nullptr) {
      EXPECT_THAT(status, IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_YET_CREATED"));
    } else {
      EXPECT_THAT(status, IsOk());
      EXPECT_EQ(response.user().DebugString(), expected->DebugString());
    }
  }

  std::mt19937 random_{20240101};
  // By user and sequence.
  std::map<std::string, std::map<int64_t, User>> states_;
};

TEST_F(AsOf, EverySequenceVersionAndTimeEqualsTheFoldOfTheVersions) {
  const std::vector<std::string> ids = {"fold-1", "fold-2", "fold-3", "fold-4"};
  const int64_t first = line().Head();
  for (int i = 0; i < 80; ++i) EditSomehow(ids[random_() % ids.size()]);
  for (const std::string& id : ids) EditSomehow(id);
  for (const std::string& id : ids) {
    for (int64_t sequence = first; sequence <= line().Head(); ++sequence) {
      ExpectState(AtSequence(id, sequence), Fold(id, sequence));
    }
    for (const auto& [sequence, state] : states_[id]) {
      ExpectState(AtVersion(id, state.version()), &state);
      ExpectState(AtTime(id, state.update_time()), &state);
    }
  }
}

TEST_F(AsOf, ATimeBetweenTwoCommitsShowsTheEarlierOne) {
  const User first = Create("between");
  const User second = SetStatus("between", "paused");
  ExpectState(AtTime("between", Later(second.update_time(), -1)), &first);
  ExpectState(AtTime("between", Later(first.update_time(), -1)), nullptr);
}

TEST_F(AsOf, ADeletedUserLivesBeforeItsDeletion) {
  const User living = Create("buried");
  const User deleted = Delete("buried");
  EXPECT_TRUE(deleted.deleted());
  ExpectState(AtVersion("buried", 1), &living);
  ExpectState(AtTime("buried", living.update_time()), &living);
  ExpectState(AtSequence("buried", deleted.sequence()), &deleted);
}

TEST_F(AsOf, ATimeLaterThanTheNewestCommitIsInTheFuture) {
  const User user = Create("future");
  ExpectState(AtTime("future", user.update_time()), &user);
  GetUserResponse response;
  google::protobuf::Timestamp year_3000;
  year_3000.set_seconds(32503680000);
  for (const auto& time :
       {Later(user.update_time(), 1), Later(user.update_time(), 1000), year_3000}) {
    EXPECT_THAT(GetAsOf(AtTime("future", time), &response),
                IsError(grpc::StatusCode::INVALID_ARGUMENT, "TIME_IN_FUTURE"));
  }
}

TEST_F(AsOf, ASequenceLaterThanTheNewestIsRefused) {
  const User user = Create("ahead");
  GetUserResponse response;
  for (const int64_t sequence : {user.sequence() + 1, std::numeric_limits<int64_t>::max()}) {
    EXPECT_THAT(GetAsOf(AtSequence("ahead", sequence), &response),
                IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  }
  EXPECT_THAT(GetAsOf(AtSequence("ahead", -1), &response),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(GetAsOf(AtSequence("ahead", 0), &response),
              IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_YET_CREATED"));
}

TEST_F(AsOf, NamesWhatIsNotThere) {
  Create("short");
  GetUserResponse response;
  EXPECT_THAT(GetAsOf(AtVersion("short", 2), &response),
              IsError(grpc::StatusCode::NOT_FOUND, "VERSION_NOT_FOUND"));
  EXPECT_THAT(GetAsOf(AtVersion("short", 0), &response),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  EXPECT_THAT(GetAsOf(AtVersion("nobody", 1), &response),
              IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
  EXPECT_THAT(GetAsOf(AtSequence("nobody", 1), &response),
              IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
  EXPECT_THAT(GetAsOf(AtVersion("no id", 1), &response),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
}

TEST_F(AsOf, ATimeBeforeAnyCommitIsBeforeTheUser) {
  Create("ancient");
  google::protobuf::Timestamp year_1;
  year_1.set_seconds(-62135596800);
  ExpectState(AtTime("ancient", {}), nullptr);
  ExpectState(AtTime("ancient", year_1), nullptr);
  google::protobuf::Timestamp no_time;
  no_time.set_nanos(-1);
  GetUserResponse response;
  EXPECT_THAT(GetAsOf(AtTime("ancient", no_time), &response),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
}

TEST_F(AsOf, AnErasedVersionIsAnsweredWithoutAUser) {
  Create("erased");
  const User second = SetStatus("erased", "paused");
  EraseContent("erased", 1);
  GetUserResponse response;
  EXPECT_THAT(GetAsOf(AtVersion("erased", 1), &response), IsOk());
  EXPECT_FALSE(response.has_user());
  ExpectState(AtVersion("erased", 2), &second);
}

// The last one: from here on the times of this line stand still.
TEST_F(AsOf, AClockThatGoesBackTakesNoTimeBack) {
  const User before = Create("steady");
  // As if the clock had been an hour ahead until now.
  const auto ahead = line().owner().Query("UPDATE feed SET last_at = last_at + interval '1 hour'");
  ASSERT_TRUE(ahead.ok()) << ahead.status();
  const User first = SetStatus("steady", "paused");
  const User second = SetStatus("steady", "busy");
  EXPECT_EQ(first.update_time().seconds(), before.update_time().seconds() + 3600);
  EXPECT_EQ(second.update_time().DebugString(), first.update_time().DebugString());
  ExpectState(AtTime("steady", second.update_time()), &second);
  ExpectState(AtTime("steady", Later(second.update_time(), -1)), &before);
}

}  // namespace
}  // namespace usersync::tests
