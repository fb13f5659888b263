// USERS_BROADCAST does not hold what the feed has told: it is filled again, and equals the feed.
#include <gtest/gtest.h>

#include <numeric>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/traffic/crowd.h"

namespace usersync::tests {
namespace {

constexpr char kStream[] = "USERS_BROADCAST";

class LostBroadcasts : public testing::Test {
 protected:
  // The sequences of all broadcasts.
  std::vector<int64_t> Sequences() {
    std::vector<int64_t> sequences;
    for (const Told& told : ReadBroadcasts(line_)) sequences.push_back(told.seq);
    return sequences;
  }

  void ExpectEqualToTheFeed() {
    ASSERT_TRUE(Eventually([&] { return line_.IsQuiet(); })) << "head " << line_.Head();
    std::vector<int64_t> all(line_.Head());
    std::iota(all.begin(), all.end(), 1);
    EXPECT_EQ(Sequences(), all);
  }

  Line line_;
};

TEST_F(LostBroadcasts, AStreamThatWasPurgedIsFilledAgain) {
  line_.Start();
  Crowd crowd(line_);
  PlainAuthor& author = crowd.AddPlainAuthor();
  author.PublishEdits(50, 5, "edited");
  crowd.Settle();
  Must(line_.streams().Purge(kStream));
  ExpectEqualToTheFeed();
  // At once again: nothing may count as a duplicate of what was purged.
  Must(line_.streams().Purge(kStream));
  author.PublishEdits(10, 5, "edited");
  crowd.Settle();
  crowd.ExpectPromisesKept();
}

TEST_F(LostBroadcasts, AStreamThatWasDeletedIsMadeAndFilledAgain) {
  line_.Start();
  Crowd crowd(line_);
  PlainAuthor& author = crowd.AddPlainAuthor();
  author.PublishEdits(50, 5, "edited");
  crowd.Settle();
  Must(line_.streams().Delete(kStream));
  ExpectEqualToTheFeed();
  author.PublishEdits(10, 5, "edited");
  ExpectEqualToTheFeed();
  crowd.ExpectPromisesKept();
}

TEST_F(LostBroadcasts, AnEmptyStreamGetsWhatTheStoreHadBeforeTheFirstBridge) {
  line_.StartServers();
  line_.Migrate();
  line_.store().Start();
  StoreStub writer = line_.Stub("gateway", "alice");
  for (int i = 0; i < 30; ++i) {
    users::v1::CreateUserRequest request;
    request.mutable_user()->set_email(absl::StrCat("early-", i, "@example.com"));
    request.mutable_user()->set_status("active");
    users::v1::CreateUserResponse response;
    Must(FromGrpc(writer.users().CreateUser(writer.Context().get(), request, &response)));
  }
  line_.bridge().Start();
  ExpectEqualToTheFeed();
  Crowd crowd(line_);
  crowd.ExpectPromisesKept();
}

}  // namespace
}  // namespace usersync::tests
