// A watcher that reads nothing holds up nobody, costs the store no memory that grows, gets
// everything when it wakes, and is ended if it never does.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/store_api.h"
#include "tests/traffic/watcher.h"

namespace usersync::tests {
namespace {

constexpr int kPushes = 40;
constexpr int kAtOnce = 1000;

// A change takes some 600 bytes in memory: what a watcher could not take would be 24 MB, held for
// each of them. What the store keeps for all of them is the ring, 64 MiB at most.
constexpr int64_t kMostGrowth = 160 << 20;

class SlowWatcher : public testing::Test {
 protected:
  void Start(const std::string& stall_timeout) {
    line_.postgres().Start();
    line_.Migrate();
    line_.store().SetVariable("USERSYNC_STALL_TIMEOUT", stall_timeout);
    line_.store().Start();
  }

  void Push(int round) {
    StoreStub writer = line_.Stub("gateway", "alice");
    users::v1::PushRequest request;
    for (int i = 0; i < kAtOnce; ++i) {
      const std::string id = absl::StrCat("u-", i);
      *request.add_mutations() =
          MakeMutation(absl::StrCat("m-", round, "-", i), MakeUser(id, absl::StrCat(round)));
    }
    users::v1::PushResponse response;
    Must(FromGrpc(writer.sync().Push(writer.Context(absl::Minutes(2)).get(), request, &response)));
  }

  std::unique_ptr<Watcher> Watch() {
    std::vector<StoreStub> stubs;
    stubs.push_back(line_.Stub("operator"));
    return std::make_unique<Watcher>(std::move(stubs));
  }

  // The resident memory of the store, in bytes.
  int64_t Memory() {
    std::ifstream file(absl::StrCat("/proc/", line_.store().pid(), "/statm"));
    int64_t all = 0;
    int64_t resident = 0;
    file >> all >> resident;
    return resident * sysconf(_SC_PAGESIZE);
  }

  Line line_;
};

TEST_F(SlowWatcher, HoldsUpNobodyAndGetsEverythingWhenItWakes) {
  Start("10m");
  Push(0);
  std::vector<std::unique_ptr<Watcher>> sleepers;
  for (int i = 0; i < 8; ++i) sleepers.push_back(Watch());
  const auto awake = Watch();
  for (const auto& watcher : sleepers) {
    ASSERT_TRUE(Eventually([&] { return watcher->last() > 0; }));
    watcher->Sleep();
  }
  const int64_t before = Memory();
  for (int round = 1; round < kPushes; ++round) Push(round);
  constexpr int64_t kHead = kPushes * kAtOnce;
  EXPECT_TRUE(Eventually([&] { return awake->last() == kHead; }, absl::Minutes(2)))
      << awake->last();
  for (const auto& watcher : sleepers) EXPECT_LT(watcher->last(), kHead);
  EXPECT_LT(Memory() - before, kMostGrowth);
  for (const auto& watcher : sleepers) watcher->Wake();
  for (const auto& watcher : sleepers) {
    EXPECT_TRUE(Eventually([&] { return watcher->last() == kHead; }, absl::Minutes(2)))
        << watcher->last();
    const std::vector<Told> told = watcher->told();
    ASSERT_EQ(told.size(), static_cast<size_t>(kHead));
    for (int64_t i = 0; i < kHead; ++i) ASSERT_EQ(told[i].seq, i + 1);
  }
}

TEST_F(SlowWatcher, IsEndedWhenItTakesNothingForTheStallTimeout) {
  Start("1s");
  StoreStub stub = line_.Stub("operator");
  const auto context = stub.Context(absl::Minutes(5));
  users::v1::WatchRequest request;
  request.set_start(users::v1::WATCH_START_OLDEST);
  const auto stalled = stub.feed().Watch(context.get(), request);
  const auto awake = Watch();
  users::v1::WatchResponse response;
  // Nothing is even asked before the first read.
  ASSERT_TRUE(stalled->Read(&response));
  int64_t head = 0;
  int64_t last = 0;
  bool is_open = true;
  // Again if the store was too busy to notice in time.
  for (int attempt = 0; is_open && attempt < 5; ++attempt) {
    // More than the windows of HTTP/2 hold.
    for (int i = 0; i < kPushes / 2; ++i, head += kAtOnce) Push(static_cast<int>(head / kAtOnce));
    ASSERT_TRUE(Eventually([&] { return awake->last() == head; }));
    absl::SleepFor(absl::Seconds(3));
    while (last < head && (is_open = stalled->Read(&response))) {
      const auto& changes = response.changes().changes();
      if (!changes.empty()) last = changes.rbegin()->version().sequence();
    }
  }
  ASSERT_FALSE(is_open);
  EXPECT_LT(last, head);
  EXPECT_EQ(stalled->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(awake->last(), head) << "who reads is not ended";
}

}  // namespace
}  // namespace usersync::tests
