// A thousand watchers of one store, of which ten sleep: memory for each is bounded, and the others
// are not held up.
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/status.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/crowd_of_watchers.h"
#include "tests/integration/store_api.h"

namespace usersync::tests {
namespace {

constexpr int kWatchers = 1000;
constexpr int kSleepers = 10;
constexpr int kPushes = 40;
constexpr int kChangesPerPush = 50;
// What a watcher may cost: its stream, and one page if it does not read.
constexpr int64_t kMostKilobytesPerWatcher = 128;

// The resident memory of a process, in KiB.
int64_t ResidentKilobytes(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  for (std::string word; status >> word;) {
    int64_t kilobytes = 0;
    if (word == "VmRSS:" && status >> kilobytes) return kilobytes;
  }
  return 0;
}

// The processor time that a process has used.
absl::Duration ProcessorTime(pid_t pid) {
  std::ifstream stat(absl::StrCat("/proc/", pid, "/stat"));
  const std::string line{std::istreambuf_iterator<char>(stat), {}};
  // After the name, which ends with the last parenthesis: user and system time are the 12th and
  // 13th word.
  const std::vector<std::string> words = absl::StrSplit(line.substr(line.rfind(')') + 2), ' ');
  int64_t user = 0;
  int64_t system = 0;
  if (words.size() < 13 || !absl::SimpleAtoi(words[11], &user) ||
      !absl::SimpleAtoi(words[12], &system)) {
    return absl::ZeroDuration();
  }
  return absl::Seconds(1) * (user + system) / sysconf(_SC_CLK_TCK);
}

class ManyWatchers : public StoreApi {
 protected:
  // Writes so many changes, each with a kilobyte of reason, to a few users.
  void Write(StoreStub& writer, const std::string& name) {
    for (int i = 0; i < kPushes; ++i) {
      users::v1::PushRequest request;
      for (int j = 0; j < kChangesPerPush; ++j) {
        const std::string number = absl::StrCat(name, "-", i, "-", j);
        auto& mutation = *request.add_mutations();
        mutation = MakeMutation(number, MakeUser(absl::StrCat("watched-", j), number));
        mutation.set_reason(std::string(1000, 'r'));
      }
      users::v1::PushResponse response;
      Must(FromGrpc(writer.sync().Push(writer.Context().get(), request, &response)));
    }
  }
};

TEST_F(ManyWatchers, CostLittleMemoryAndThoseWhoSleepHoldUpNobody) {
  StoreStub writer = Writer();
  // The ring is filled first: its memory is nobody's.
  Write(writer, "before");
  const int64_t alone = ResidentKilobytes(line().store().pid());
  CrowdOfWatchers::Options options{
      .address = line().store().address(), .count = kWatchers, .sleepers = kSleepers};
  options.request.set_start(users::v1::WATCH_START_NOW);
  CrowdOfWatchers crowd(options);
  ASSERT_TRUE(Eventually([&] { return crowd.HasBegun(); }));
  const int64_t idle = ResidentKilobytes(line().store().pid());

  const absl::Time begun = absl::Now();
  const absl::Duration used = ProcessorTime(line().store().pid());
  Write(writer, "during");
  const int64_t head = line().Head();
  EXPECT_TRUE(Eventually([&] { return crowd.AwakeHave(head); }, absl::Minutes(3)));
  const absl::Duration took = absl::Now() - begun;
  const int64_t busy = ResidentKilobytes(line().store().pid());
  EXPECT_FALSE(crowd.AllHave(head)) << "nobody slept";
  EXPECT_EQ(crowd.ended(), 0);
  EXPECT_LE((busy - alone) / kWatchers, kMostKilobytesPerWatcher);
  std::cout << kWatchers << " watchers: " << (idle - alone) / kWatchers << " KiB each idle, "
            << (busy - alone) / kWatchers << " KiB each after " << kPushes * kChangesPerPush
            << " changes, which reached all who did not sleep in " << took << " and cost the store "
            << ProcessorTime(line().store().pid()) - used << " of a processor" << std::endl;

  crowd.WakeAll();
  EXPECT_TRUE(Eventually([&] { return crowd.AllHave(head); }));
  EXPECT_EQ(crowd.wrong(), 0);
}

}  // namespace
}  // namespace usersync::tests
