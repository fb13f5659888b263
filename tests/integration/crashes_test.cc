// Store and bridges die (-9) again and again under one author who knows nothing of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/guarantees/guarantees.h"
#include "tests/harness/eventually.h"
#include "tests/traffic/crowd.h"

namespace usersync::tests {
namespace {

constexpr int kEdits = 10000;
constexpr int kRounds = 20;
constexpr int kUsers = 4;

class Crashes : public testing::Test {
 protected:
  Crashes() { line_.Start(); }

  // Publishes the edits of a round; the victims die in the midst of them.
  void KillAmid(PlainAuthor& author, const std::vector<Server*>& victims) {
    const int before = std::uniform_int_distribution<int>(1, kEdits / kRounds - 1)(random_);
    author.PublishEdits(before, kUsers, "edited");
    for (Server* victim : victims) victim->Kill9();
    author.PublishEdits(kEdits / kRounds - before, kUsers, "edited");
  }

  // Waits until those who live take in what is there.
  void AwaitProgress() {
    const int64_t before = line_.Position();
    EXPECT_TRUE(Eventually([&] {
      const int64_t now = line_.Position();
      return now > before ||
             now == static_cast<int64_t>(line_.streams().LastSequence("USERS_UPDATE"));
    }));
  }

  Line line_{{.bridges = 2}};
  std::mt19937 random_{1};
};

TEST_F(Crashes, TenThousandPlainEditsTakeEffectOnceEachInTheOrderPublished) {
  Crowd crowd(line_);
  PlainAuthor& author = crowd.AddPlainAuthor();
  Server* const first = &line_.bridge(0);
  Server* const second = &line_.bridge(1);
  Server* const store = &line_.store();
  const std::vector<std::vector<Server*>> rounds = {
      {first}, {store}, {second}, {first, store}, {first, second}, {first, second, store}};
  for (int round = 0; round < kRounds; ++round) {
    const auto& victims = rounds[round % rounds.size()];
    KillAmid(author, victims);
    // Of two bridges the other must go on alone; else nobody can before they are back.
    if (victims.size() == 1 && victims.front() != store) AwaitProgress();
    for (Server* victim : victims) victim->Begin();
    AwaitProgress();
  }
  crowd.ExpectPromisesKept();
  EXPECT_EQ(author.published().size(), static_cast<size_t>(kEdits));
  EXPECT_THAT(Complete(crowd.Gather()), testing::IsEmpty());
}

}  // namespace
}  // namespace usersync::tests
