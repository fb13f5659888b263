// Pulls while others write. Whenever a pull says that there is no more, what it led to is the fold
// of all changes up to its checkpoint: none became visible later, below it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "tests/guarantees/history.h"
#include "tests/harness/must.h"
#include "tests/traffic/crowd.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

// Pulls all the time, and remembers what it held each time nothing more was there.
class Puller {
 public:
  Puller(std::unique_ptr<NatsClient> client, int limit)
      : browser_(std::move(client), ""), limit_(limit), thread_([this] { Run(); }) {}
  ~Puller() { End(); }

  // Its users as text, by the newest sequence among them. Call it after End.
  const std::map<int64_t, std::string>& moments() const { return moments_; }

  void End() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Run() {
    while (!stopping_) {
      if (browser_.Pull(limit_).ok()) moments_[browser_.last()] = json(browser_.state()).dump();
    }
  }

  Browser browser_;
  const int limit_;
  std::map<int64_t, std::string> moments_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

// The users after each change, as text.
std::map<int64_t, std::string> Folds(const History& history) {
  std::map<int64_t, std::string> folds = {{0, json(BrowserState()).dump()}};
  BrowserState state;
  for (const VersionRow& row : history.versions) {
    state[(*row.document)["id"]] = *row.document;
    folds[row.seq] = json(state).dump();
  }
  return folds;
}

TEST(PullsAmidWrites, ThroughTwoStoresMissNothing) {
  Line line({.stores = 2, .bridges = 2});
  line.Start();
  Crowd crowd(line);
  std::vector<std::unique_ptr<Puller>> pullers;
  for (const int limit : {1, 2, 5, 1000}) {
    pullers.push_back(std::make_unique<Puller>(line.Client(), limit));
  }
  crowd.AddAuthor({.actor = "alice", .seed = 1});
  crowd.AddAuthor({.actor = "bob", .seed = 2});
  crowd.AddPusher({.actor = "carol", .seed = 3}, {0});
  crowd.AddPusher({.actor = "dave", .prefix = "daves", .users = 3, .seed = 4}, {1});
  crowd.AwaitAnswers(3000);
  crowd.ExpectPromisesKept();
  const std::map<int64_t, std::string> folds = Folds(Must(ReadHistory(line.reader())));
  size_t moments = 0;
  for (const auto& puller : pullers) {
    puller->End();
    moments += puller->moments().size();
    for (const auto& [seq, users] : puller->moments()) {
      ASSERT_TRUE(folds.count(seq)) << seq;
      ASSERT_EQ(users, folds.at(seq)) << "at seq " << seq;
    }
  }
  RecordProperty("moments", static_cast<int>(moments));
  EXPECT_GT(moments, pullers.size());
}

}  // namespace
}  // namespace usersync::tests
