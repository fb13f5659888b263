// A gateway's stream of server-sent events, and the store's stream behind it: neither outlives its
// reader, nor runs ahead of it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/harness/eventually.h"
#include "tests/harness/free_port.h"
#include "tests/harness/gateway.h"
#include "tests/harness/http_client.h"
#include "tests/integration/logged_store.h"

namespace usersync::tests {
namespace {

constexpr int kPushes = 40;
constexpr int kAtOnce = 1000;
// Some 40 MB of events: what nobody reads must not lie in the gateway.
constexpr int64_t kMostGrowth = 12 << 20;

class ChangeStream : public testing::Test {
 protected:
  void SetUp() override {
    store_.line().store().SetVariable("USERSYNC_STORE_METRICS_PORT", absl::StrCat(metrics_));
    store_.line().store().SetVariable("USERSYNC_STALL_TIMEOUT", "3s");
    store_.Restart();
    gateway_.Start();
  }

  // Whether the store has so many streams.
  bool HasWatchers(int count) const {
    const HttpAnswer answer = HttpClient(metrics_).Ask("GET", "/metrics");
    return absl::StrContains(answer.body, absl::StrCat("usersync_store_watchers ", count, "\n"));
  }

  int64_t GatewayMemory() const {
    std::ifstream file(absl::StrCat("/proc/", gateway_.pid(), "/statm"));
    int64_t all = 0;
    int64_t resident = 0;
    file >> all >> resident;
    return resident * sysconf(_SC_PAGESIZE);
  }

  const int metrics_ = FreePort();
  LoggedStore store_;
  Gateway gateway_{store_.line().preparation(), {store_.line().store().address()}};
};

TEST_F(ChangeStream, EndsWhenItsReaderGoes) {
  {
    EventStream reader(gateway_.http_port(), "/api/changes?start=WATCH_START_OLDEST");
    store_.Write(1);
    ASSERT_TRUE(reader.Next());
    EXPECT_TRUE(HasWatchers(1));
  }
  EXPECT_TRUE(Eventually([this] { return HasWatchers(0); }));
}

TEST_F(ChangeStream, SaysGoodbyeWhenTheGatewayStops) {
  gateway_.SetVariable("USERSYNC_DRAIN_TIMEOUT", "100ms");
  gateway_.Terminate();
  gateway_.Start();
  EventStream reader(gateway_.http_port(), "/api/changes?start=WATCH_START_OLDEST");
  store_.Write(1);
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(gateway_.Terminate(), 0);
  std::string last;
  while (const auto event = reader.Next()) last = event->type;
  EXPECT_EQ(last, "error");
}

TEST_F(ChangeStream, ReadsNoFurtherThanItsReader) {
  for (int i = 0; i < kPushes; ++i) store_.Write(kAtOnce);
  EventStream reader(gateway_.http_port(), "/api/changes?start=WATCH_START_OLDEST");
  ASSERT_TRUE(reader.Next());
  const int64_t before = GatewayMemory();
  // The store sees nothing move, and gives up.
  EXPECT_TRUE(Eventually([this] { return HasWatchers(0); }));
  EXPECT_LT(GatewayMemory() - before, kMostGrowth);
  // What had been sent still arrives, and then how it ended.
  int count = 1;
  std::string last;
  while (const auto event = reader.Next()) {
    last = event->type;
    ++count;
  }
  EXPECT_EQ(last, "error");
  EXPECT_LT(count, kPushes * kAtOnce);
}

}  // namespace
}  // namespace usersync::tests
