#include "tests/traffic/crowd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/numbers.h"
#include "tests/guarantees/guarantees.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

// After a crash of everything, with a standby that waits before it takes over.
constexpr absl::Duration kTimeToSettle = absl::Minutes(2);

Told ToldFrom(const NatsMessage& message) {
  Told told{.epoch = message.Header("Users-Epoch"),
            .checkpoint = message.Header("Users-Checkpoint"),
            .action = message.Header("Users-Action"),
            .actor = message.Header("Users-Actor"),
            .mutation_id = message.Header("Users-Mutation")};
  EXPECT_TRUE(absl::SimpleAtoi(message.Header("Users-Seq"), &told.seq));
  EXPECT_TRUE(absl::SimpleAtoi(message.Header("Users-Version"), &told.version));
  EXPECT_EQ(message.Header("Nats-Msg-Id"), told.checkpoint);
  if (!message.payload.empty()) told.document = json::parse(message.payload);
  return told;
}

}  // namespace

Crowd::Crowd(Line& line) : line_(line) {
  AddWatcher();
  AddBrowser();
}

Author& Crowd::AddAuthor(const Author::Options& options) {
  authors_.push_back(std::make_unique<Author>(line_.Client(options.actor), options));
  return *authors_.back();
}

PlainAuthor& Crowd::AddPlainAuthor(const std::string& actor) {
  plain_authors_.push_back(std::make_unique<PlainAuthor>(line_.Client(actor), actor));
  return *plain_authors_.back();
}

Pusher& Crowd::AddPusher(const Pusher::Options& options, const std::vector<int>& stores) {
  pushers_.push_back(std::make_unique<Pusher>(Stubs("gateway", options.actor, stores), options));
  return *pushers_.back();
}

Watcher& Crowd::AddWatcher(const std::vector<int>& stores) {
  watchers_.push_back(std::make_unique<Watcher>(Stubs("operator", "", stores)));
  return *watchers_.back();
}

Browser& Crowd::AddBrowser(const std::string& actor) {
  browsers_.push_back(std::make_unique<Browser>(line_.Client(actor), actor));
  return *browsers_.back();
}

std::vector<StoreStub> Crowd::Stubs(const std::string& service, const std::string& actor,
                                    const std::vector<int>& stores) const {
  std::vector<StoreStub> stubs;
  for (const int index : stores) stubs.push_back(line_.Stub(service, actor, index));
  return stubs;
}

int Crowd::answered() const {
  int sum = 0;
  for (const auto& author : authors_) sum += author->answered();
  for (const auto& pusher : pushers_) sum += pusher->answered();
  return sum;
}

void Crowd::AwaitAnswers(int more) {
  const int enough = answered() + more;
  EXPECT_TRUE(Eventually([&] { return answered() >= enough; }, kTimeToSettle))
      << answered() << " of " << enough << " mutations have their receipt";
}

void Crowd::Settle() {
  for (const auto& author : authors_) {
    EXPECT_TRUE(author->Finish(kTimeToSettle)) << "an author waits for a receipt in vain";
  }
  for (const auto& pusher : pushers_) {
    EXPECT_TRUE(pusher->Finish(kTimeToSettle)) << "a pusher waits for an answer in vain";
  }
  EXPECT_TRUE(Eventually([this] { return line_.IsQuiet(); }, kTimeToSettle))
      << "position " << line_.Position() << " of " << line_.streams().LastSequence("USERS_UPDATE")
      << " in USERS_UPDATE, head " << line_.Head();
  const int64_t head = line_.Head();
  const std::string newest = line_.NewestCheckpoint();
  for (const auto& watcher : watchers_) {
    EXPECT_TRUE(Eventually([&] { return watcher->checkpoint() == newest; }, kTimeToSettle))
        << "a watcher was told up to " << watcher->last() << " of " << head;
  }
  for (const auto& browser : browsers_) {
    absl::Status status;
    EXPECT_TRUE(Eventually(
        [&] {
          status = browser->CatchUp();
          return status.ok() && (newest.empty() || browser->checkpoint() == newest);
        },
        kTimeToSettle))
        << "a browser has " << browser->last() << " of " << head << "; " << status;
  }
}

void Crowd::ExpectPromisesKept() {
  // One that was not there, and learns everything only now.
  AddWatcher();
  Browser& late = AddBrowser();
  EXPECT_TRUE(Eventually([&late] { return late.Pull(17).ok(); }));
  Settle();
  EXPECT_THAT(AllFlaws(Gather()), testing::IsEmpty());
}

Evidence Crowd::Gather() {
  Evidence evidence;
  evidence.history = Must(ReadHistory(line_.reader()));
  evidence.broadcasts = ReadBroadcasts(line_);
  for (const auto& author : authors_) {
    evidence.asked.insert(evidence.asked.end(), author->asked().begin(), author->asked().end());
  }
  for (const auto& pusher : pushers_) {
    evidence.asked.insert(evidence.asked.end(), pusher->asked().begin(), pusher->asked().end());
  }
  for (const auto& author : plain_authors_) evidence.plain[author->actor()] = author->published();
  for (const auto& watcher : watchers_) evidence.watches.push_back(watcher->told());
  for (const auto& browser : browsers_) evidence.browsers.push_back(browser->state());
  return evidence;
}

std::vector<Told> ReadBroadcasts(Line& line) {
  std::vector<Told> broadcasts;
  for (const auto& stored : Must(line.streams().ReadAll("USERS_BROADCAST"))) {
    broadcasts.push_back(ToldFrom(stored.message));
  }
  return broadcasts;
}

}  // namespace usersync::tests
