// Watch from a snapshot, while others write.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <pqxx/pqxx>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/store_api.h"
#include "tests/integration/watch_stream.h"

namespace usersync::tests {
namespace {

using users::v1::WatchRequest;

constexpr int kUsers = 1600;
// How many snapshots one actor may take at once.
constexpr int kMostSnapshots = 200;

WatchRequest Snapshot() {
  WatchRequest request;
  request.set_start(users::v1::WATCH_START_SNAPSHOT);
  return request;
}

// Writes to the same users all the time: living, deleted and back, some for the first time.
class Writers {
 public:
  // `run` tells their mutations from those of other writers.
  Writers(const std::string& run, std::vector<StoreStub> stubs) : run_(run) {
    for (size_t i = 0; i < stubs.size(); ++i) {
      threads_.emplace_back([this, i, stub = std::move(stubs[i])]() mutable { Run(i, stub); });
    }
  }
  ~Writers() { Stop(); }

  void Stop() {
    stopping_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  void Run(size_t number, StoreStub& stub) {
    std::mt19937 random(static_cast<unsigned>(number));
    for (int i = 0; !stopping_; ++i) {
      users::v1::PushRequest request;
      for (int j = 0; j < 5; ++j) {
        users::v1::User user = MakeUser(absl::StrCat("many-", random() % (kUsers + 200)),
                                        absl::StrCat("status-", number, "-", i));
        user.set_deleted(random() % 3 == 0);
        *request.add_mutations() =
            MakeMutation(absl::StrCat(run_, ".", number, ".", i, ".", j), user);
      }
      users::v1::PushResponse response;
      Must(FromGrpc(stub.sync().Push(stub.Context().get(), request, &response)));
    }
  }

  const std::string run_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

class SnapshotFeed : public StoreApi {
 protected:
  void SetUp() override {
    StoreStub writer = Writer();
    for (int begin = 0; begin < kUsers; begin += 800) {
      users::v1::PushRequest request;
      for (int i = begin; i < begin + 800; ++i) {
        *request.add_mutations() = MakeMutation(absl::StrCat("many-", i, "-", line().Head()),
                                                MakeUser(absl::StrCat("many-", i)));
      }
      users::v1::PushResponse response;
      Must(FromGrpc(writer.sync().Push(writer.Context().get(), request, &response)));
    }
  }

  std::vector<StoreStub> WriterStubs() {
    std::vector<StoreStub> stubs;
    for (const char* actor : {"ann", "bob", "cid"}) stubs.push_back(Writer(actor));
    return stubs;
  }

  // What lives in the database.
  std::map<std::string, std::string> Living() {
    std::map<std::string, std::string> living;
    users::v1::ListUsersRequest request;
    request.set_page_size(1000);
    do {
      users::v1::ListUsersResponse response;
      Must(FromGrpc(reader_.users().ListUsers(reader_.Context().get(), request, &response)));
      for (const auto& user : response.users()) living[user.id()] = DocumentText(user);
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return living;
  }

  // Reads on until the replica has been told the newest change.
  void CatchUp(WatchStream& stream, Replica& replica) {
    const int64_t head = line().Head();
    while (replica.last() < head) replica.Take(stream.Next());
  }

  StoreStub reader_ = Direct("");
};

TEST_F(SnapshotFeed, GoesOverIntoChangesAndLosesNothingWhileOthersWrite) {
  Writers writers(absl::StrCat(line().Head()), WriterStubs());
  WatchStream stream(reader_, Snapshot());
  Replica replica;
  while (!replica.complete()) replica.Take(stream.Next());
  EXPECT_GE(replica.pages(), 2);
  writers.Stop();
  CatchUp(stream, replica);
  EXPECT_EQ(replica.living(), Living());
}

TEST_F(SnapshotFeed, GoesOnFromTheCheckpointOfEveryPageAndLosesNothing) {
  for (int pages = 1; pages <= 3; ++pages) {
    Writers writers(absl::StrCat(line().Head()), WriterStubs());
    Replica replica;
    WatchRequest request = Snapshot();
    {
      WatchStream interrupted(reader_, request);
      while (replica.pages() < pages && !replica.complete()) {
        replica.Take(interrupted.Next());
      }
    }
    request.set_checkpoint(replica.checkpoint());
    WatchStream stream(reader_, request);
    writers.Stop();
    CatchUp(stream, replica);
    EXPECT_EQ(replica.living(), Living()) << "interrupted after page " << pages;
  }
}

TEST_F(SnapshotFeed, EndsWithTheCheckpointWhereItsChangesBegin) {
  WatchStream stream(reader_, Snapshot());
  Replica replica;
  while (!replica.complete()) replica.Take(stream.Next());
  WatchRequest request;
  request.set_checkpoint(replica.checkpoint());
  WatchStream resumed(reader_, request);
  EXPECT_TRUE(resumed.Next().has_heartbeat());
}

TEST_F(SnapshotFeed, HoldsTheUsersOfTheFilterWhoeverWroteThemLast) {
  WatchRequest request = Snapshot();
  request.mutable_filter()->add_user_ids("many-7");
  request.mutable_filter()->add_user_ids("many-9");
  request.mutable_filter()->add_actors("nobody-like-that");
  request.mutable_filter()->add_actions(users::v1::ACTION_ERASE);
  WatchStream stream(reader_, request);
  const auto page = stream.Next();
  ASSERT_EQ(page.snapshot().users_size(), 2);
  // What comes after this page is filtered by actor: an interrupted client must begin again.
  EXPECT_TRUE(page.checkpoint().empty());
  const auto end = stream.Next();
  EXPECT_EQ(end.snapshot_end().user_count(), 2);
  EXPECT_FALSE(end.checkpoint().empty());
}

// None of them can go on, until all have come.
TEST_F(SnapshotFeed, IsTakenTwoHundredTimesAtOnceByOneActorAndByOthersBeside) {
  pqxx::connection owner(line().preparation().owner_database_url);
  pqxx::work blocking(owner);
  blocking.exec("LOCK TABLE users");
  const auto take = [](StoreStub* stub) {
    const auto context = stub->Context();
    const auto reader = stub->feed().Watch(context.get(), Snapshot());
    users::v1::WatchResponse response;
    if (!reader->Read(&response)) return reader->Finish();
    context->TryCancel();
    return grpc::Status::OK;
  };
  StoreStub ann = Writer("ann");
  StoreStub bob = Writer("bob");
  std::vector<std::future<grpc::Status>> snapshots;
  for (int i = 0; i <= kMostSnapshots; ++i) {
    snapshots.push_back(std::async(std::launch::async, take, &ann));
  }
  EXPECT_TRUE(Eventually([&] {
    return std::any_of(snapshots.begin(), snapshots.end(), [](const auto& snapshot) {
      return snapshot.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    });
  }));
  auto other = std::async(std::launch::async, take, &bob);
  blocking.commit();
  EXPECT_THAT(other.get(), IsOk());
  int refused = 0;
  for (auto& snapshot : snapshots) {
    const grpc::Status status = snapshot.get();
    if (status.ok()) continue;
    ++refused;
    EXPECT_THAT(status, IsError(grpc::StatusCode::RESOURCE_EXHAUSTED, "RATE_LIMITED"));
  }
  EXPECT_EQ(refused, 1);
  EXPECT_TRUE(Eventually([&] { return take(&ann).ok(); }));
}

TEST_F(SnapshotFeed, OfNobodyEndsAtOnce) {
  WatchRequest request = Snapshot();
  request.mutable_filter()->add_user_ids("nobody");
  WatchStream stream(reader_, request);
  const auto end = stream.Next();
  EXPECT_TRUE(end.has_snapshot_end());
  EXPECT_EQ(end.snapshot_end().user_count(), 0);
  EXPECT_EQ(end.head_sequence(), line().Head());
}

}  // namespace
}  // namespace usersync::tests
