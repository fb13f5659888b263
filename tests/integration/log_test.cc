// The log over the versions of real stores: heads and proofs are those of RFC 6962's definition.
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/guarantees/merkle.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/logged_store.h"

namespace usersync::tests {
namespace {

// Enough for tiles, a tile that is not full, and a batch that ends in the middle of one.
constexpr int kVersions = 700;

class Log : public testing::Test {
 protected:
  absl::StatusOr<users::v1::ProveInclusionResponse> Include(int64_t sequence, int64_t size) {
    users::v1::ProveInclusionRequest request;
    request.set_sequence(sequence);
    request.set_size(size);
    users::v1::ProveInclusionResponse response;
    const auto context = store_.stub().Context();
    const auto status =
        FromGrpc(store_.stub().log().ProveInclusion(context.get(), request, &response));
    if (!status.ok()) return status;
    return response;
  }

  absl::StatusOr<users::v1::ProveConsistencyResponse> Continue(int64_t from, int64_t to) {
    users::v1::ProveConsistencyRequest request;
    request.set_from_size(from);
    request.set_to_size(to);
    users::v1::ProveConsistencyResponse response;
    const auto context = store_.stub().Context();
    const auto status =
        FromGrpc(store_.stub().log().ProveConsistency(context.get(), request, &response));
    if (!status.ok()) return status;
    return response;
  }

  void ExpectHeadOf(const Hashes& leaves, int store = 0) {
    const auto head = store_.Head(store);
    EXPECT_EQ(head.size(), static_cast<int64_t>(leaves.size()));
    EXPECT_EQ(head.root_hash(), MerkleRoot(leaves, 0, leaves.size()));
  }

  LoggedStore store_{2};
};

Hashes PathOf(const google::protobuf::RepeatedPtrField<std::string>& path) {
  return {path.begin(), path.end()};
}

TEST_F(Log, BeginsEmpty) { ExpectHeadOf({}); }

TEST_F(Log, HasTheRootAndTheProofsOfTheDefinitionAtEverySize) {
  store_.Write(1);
  ExpectHeadOf(store_.Leaves());
  store_.Write(kVersions - 1);
  const Hashes leaves = store_.Leaves();
  ASSERT_EQ(leaves.size(), kVersions);
  ExpectHeadOf(leaves);
  for (int64_t size = 1; size <= kVersions; size += 53) {
    for (int64_t sequence = 1; sequence <= size; sequence += 31) {
      const auto proof = Must(Include(sequence, size));
      ASSERT_EQ(PathOf(proof.path()), InclusionProof(leaves, sequence - 1, size))
          << sequence << " in " << size;
      EXPECT_EQ(proof.leaf_hash(), leaves[sequence - 1]);
      EXPECT_EQ(proof.size(), size);
    }
    for (int64_t from = 0; from <= size; from += 37) {
      const auto proof = Must(Continue(from, size));
      ASSERT_EQ(PathOf(proof.path()), ConsistencyProof(leaves, from, size))
          << from << " to " << size;
    }
  }
  EXPECT_EQ(Must(Include(5, 0)).size(), kVersions);
  EXPECT_EQ(Must(Continue(5, 0)).to_size(), kVersions);
}

TEST_F(Log, NamesTheFieldThatIsOutOfRange) {
  store_.Write(3);
  const auto expect = [](const absl::Status& status, absl::StatusCode code,
                         const std::string& field) {
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_TRUE(absl::StartsWith(status.message(), field)) << status;
  };
  using absl::StatusCode;
  expect(Include(0, 3).status(), StatusCode::kInvalidArgument, "sequence");
  expect(Include(-1, 3).status(), StatusCode::kInvalidArgument, "sequence");
  expect(Include(3, 2).status(), StatusCode::kOutOfRange, "sequence");
  expect(Include(1, 4).status(), StatusCode::kOutOfRange, "size");
  expect(Include(1, -1).status(), StatusCode::kInvalidArgument, "size");
  expect(Continue(-1, 3).status(), StatusCode::kInvalidArgument, "from_size");
  expect(Continue(3, 2).status(), StatusCode::kOutOfRange, "from_size");
  expect(Continue(1, 4).status(), StatusCode::kOutOfRange, "to_size");
  expect(Continue(1, -4).status(), StatusCode::kInvalidArgument, "to_size");
  EXPECT_EQ(ReasonOf(Continue(1, 4).status()), "LOG_TOO_SHORT");
}

TEST_F(Log, IsOneTreeHoweverManyStoresWriteIt) {
  std::vector<std::thread> writers;
  for (int store : {0, 1}) {
    writers.emplace_back([this, store] {
      for (int i = 0; i < 60; ++i) store_.Write(1 + i % 17, store);
    });
  }
  for (std::thread& writer : writers) writer.join();
  const Hashes leaves = store_.Leaves();
  ExpectHeadOf(leaves, 0);
  ExpectHeadOf(leaves, 1);
  EXPECT_EQ(PathOf(Must(Include(100, 0)).path()), InclusionProof(leaves, 99, leaves.size()));
}

TEST_F(Log, IsBuiltForVersionsThatWereWrittenWithoutIt) {
  store_.Write(kVersions);
  store_.Tamper("UPDATE log_edge SET size = 0, peaks = ''; DELETE FROM log_tile");
  // By the writer that finds it missing...
  store_.Write(1);
  ExpectHeadOf(store_.Leaves());
  store_.Tamper("UPDATE log_edge SET size = 0, peaks = ''; DELETE FROM log_tile");
  // ...and by a store that starts.
  store_.Restart();
  ExpectHeadOf(store_.Leaves());
  EXPECT_EQ(store_.line().reader().Number("SELECT count(*) FROM log_tile"), 2);
}

TEST_F(Log, IsSignedInAnswersInHeartbeatsAndInAFile) {
  store_.line().store().SetVariable("USERSYNC_LOG_INTERVAL", "1s");
  store_.Restart();
  store_.Write(5);
  EXPECT_TRUE(absl::StrContains(store_.Head().log_checkpoint(), "\n5\n"));
  ASSERT_TRUE(Eventually([&] { return absl::StrContains(store_.HeadsText(), "\n5\n"); }));
  users::v1::WatchRequest request;
  request.mutable_heartbeat_interval()->set_seconds(1);
  const auto context = store_.stub().Context(kPatience);
  const auto stream = store_.stub().feed().Watch(context.get(), request);
  users::v1::WatchResponse response;
  std::string told;
  while (!absl::StrContains(told, "\n5\n") && stream->Read(&response)) {
    told = response.heartbeat().log_checkpoint();
  }
  context->TryCancel();
  EXPECT_TRUE(absl::StrContains(store_.HeadsText(), told + "\n")) << told;
  const std::string vkey = store_.line().preparation().Secret("log.vkey");
  EXPECT_TRUE(absl::StartsWith(
      vkey, "localhost/usersync/" + store_.line().reader().Text("SELECT epoch::text FROM feed")))
      << vkey;
  EXPECT_TRUE(absl::StartsWith(told, vkey.substr(0, vkey.find('+')) + "\n")) << told;
  EXPECT_EQ(store_.Head().verifier_key(), vkey);
}

TEST_F(Log, IsNotSignedWithoutAKey) {
  std::filesystem::remove(store_.line().preparation().secrets_dir + "/log.key");
  store_.Restart();
  store_.Write(5);
  EXPECT_EQ(store_.Head().size(), 5);
  EXPECT_EQ(store_.Head().log_checkpoint(), "");
  EXPECT_EQ(store_.Head().verifier_key(), "");
}

TEST_F(Log, KeepsItsTiles) {
  store_.Write(kVersions);
  for (const char* const sql :
       {"UPDATE log_tile SET root = root", "DELETE FROM log_tile", "TRUNCATE log_tile"}) {
    EXPECT_FALSE(store_.line().owner().Query(sql).ok()) << sql;
  }
  auto as_store = Must(Database::Connect(store_.line().preparation().store_database_url));
  for (const char* const sql :
       {"UPDATE log_tile SET root = root", "DELETE FROM log_tile", "DELETE FROM log_edge"}) {
    EXPECT_FALSE(as_store->Query(sql).ok()) << sql;
  }
  EXPECT_EQ(store_.line().reader().Number("SELECT count(*) FROM log_tile"), 2);
}

}  // namespace
}  // namespace usersync::tests
