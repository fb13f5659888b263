// AdminService.PseudonymiseActor: the name goes from all that the store keeps and tells; what was
// done under it stays provable.
#include <gmock/gmock.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/logged_store.h"
#include "tests/integration/store_api.h"
#include "tests/integration/watch_stream.h"

namespace usersync::tests {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using users::v1::PseudonymiseActorResponse;

constexpr int kVersions = 300;

class Pseudonymise : public testing::Test {
 protected:
  Pseudonymise() {
    store_.Write(kVersions);
    // Refused, and written by somebody else.
    users::v1::PushRequest request;
    *request.add_mutations() = MakeMutation("refused", MakeUser("refused", ""));
    Push("alice", request);
    *request.mutable_mutations(0) = MakeMutation("bobs", MakeUser("bobs"));
    *request.add_mutations() = MakeMutation("bobs-refused", MakeUser("bobs", ""));
    Push("bob", request);
  }

  void Push(const std::string& actor, const users::v1::PushRequest& request) {
    StoreStub stub = store_.line().Stub("gateway", actor);
    users::v1::PushResponse response;
    Must(FromGrpc(stub.sync().Push(stub.Context().get(), request, &response)));
  }

  grpc::Status Ask(StoreStub& stub, const std::string& actor, bool dry_run = false) {
    users::v1::PseudonymiseActorRequest request;
    request.set_actor(actor);
    request.set_dry_run(dry_run);
    return stub.admin().PseudonymiseActor(stub.Context().get(), request, &answer_);
  }

  // The versions, refused mutations and answers of alice that an administrator is told of.
  std::vector<int64_t> Counts(bool dry_run = false) {
    Must(FromGrpc(Ask(admin_, "alice", dry_run)));
    return {answer_.version_count(), answer_.refused_count(), answer_.answer_count()};
  }

  // How many rows name an actor, in the same order.
  std::vector<int64_t> RowsOf(const std::string& actor) {
    std::vector<int64_t> counts;
    for (const char* table : {"version", "refused", "ledger"}) {
      counts.push_back(store_.line().reader().Number(
          absl::StrCat("SELECT count(*) FROM ", table, " WHERE actor = '", actor, "'")));
    }
    return counts;
  }

  // How many changes of the whole feed a store tells with the name or its salt.
  int ToldOfAlice(int store) {
    users::v1::WatchRequest request;
    request.set_start(users::v1::WATCH_START_OLDEST);
    request.set_include_proof(true);
    WatchStream stream(store_.stub(store), request);
    int told = 0;
    for (int i = 0; i < kVersions; ++i) {
      const users::v1::Version version = stream.NextChange().version();
      if (!version.actor().empty() || !version.proof().actor_salt().empty()) ++told;
    }
    return told;
  }

  LoggedStore store_{2};
  StoreStub admin_ = store_.line().Stub("operator");
  PseudonymiseActorResponse answer_;
};

TEST_F(Pseudonymise, TakesTheNameFromEverythingAndSaysFirstHowMuchThatIs) {
  const std::vector<int64_t> all = {kVersions, 1, kVersions + 1};
  EXPECT_EQ(Counts(/*dry_run=*/true), all);
  EXPECT_EQ(RowsOf("alice"), all);
  EXPECT_EQ(Counts(), all);
  EXPECT_THAT(RowsOf("alice"), ElementsAre(0, 0, 0));
  EXPECT_EQ(store_.line().reader().Number("SELECT count(*) FROM version WHERE actor IS NULL AND "
                                          "actor_salt IS NULL AND length(actor_hash) = 32"),
            kVersions);
  EXPECT_THAT(RowsOf("bob"), ElementsAre(1, 1, 2)) << "another's";
  EXPECT_THAT(Counts(), ElementsAre(0, 0, 0)) << "again";
}

TEST_F(Pseudonymise, GoesStepByStepThroughALongHistory) {
  for (int i = 0; i < 6; ++i) store_.Write(1000);
  EXPECT_THAT(Counts(/*dry_run=*/true), ElementsAre(kVersions + 6000, 1, kVersions + 6001));
  EXPECT_THAT(Counts(), ElementsAre(kVersions + 6000, 1, kVersions + 6001));
  EXPECT_THAT(RowsOf("alice"), ElementsAre(0, 0, 0));
}

TEST_F(Pseudonymise, LeavesAHistoryThatVerifies) {
  Counts();
  store_.Restart();
  const Preparation& preparation = store_.line().preparation();
  EXPECT_THAT(Must(Store::Run(preparation, {"verify"})), HasSubstr("SOUND"));
  const std::string path = preparation.directory() + "/export";
  std::ofstream(path) << Must(Store::Run(preparation, {"export"}));
  EXPECT_EQ(
      Must(RunToEnd(
          {.name = "usersync_verify.py",
           .argv = {"python3", USERSYNC_SOURCE_DIR "/tests/verifier/usersync_verify.py", "export",
                    path, store_.heads_path(), preparation.secrets_dir + "/log.vkey"}})),
      "holds\n");
}

TEST_F(Pseudonymise, NoWatcherIsToldTheNameAnyMore) {
  ASSERT_EQ(ToldOfAlice(0), kVersions);
  ASSERT_EQ(ToldOfAlice(1), kVersions);
  Counts();
  EXPECT_EQ(ToldOfAlice(0), 0);
  EXPECT_TRUE(Eventually([&] { return ToldOfAlice(1) == 0; })) << "of another store";
}

TEST_F(Pseudonymise, WhatIsWrittenLaterBearsTheNameAgain) {
  Counts();
  store_.Write(3);
  EXPECT_THAT(RowsOf("alice"), ElementsAre(3, 0, 3));
  EXPECT_THAT(Counts(), ElementsAre(3, 0, 3));
}

TEST_F(Pseudonymise, NamesWhatIsWrong) {
  for (const std::string& actor :
       {std::string("frontend-client"), std::string("system"), std::string("bridge"),
        std::string("gateway"), std::string("a\0b", 3)}) {
    const grpc::Status status = Ask(admin_, actor);
    EXPECT_THAT(status, IsError(StatusCode::INVALID_ARGUMENT, "FIELD_INVALID")) << actor;
    EXPECT_THAT(FieldsOf(status), ElementsAre("actor"));
  }
  EXPECT_THAT(Ask(admin_, ""), IsError(StatusCode::INVALID_ARGUMENT, "FIELD_REQUIRED"));
  EXPECT_THAT(Ask(store_.stub(), "bob"), IsError(StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
  ASSERT_THAT(Ask(admin_, "nobody"), IsOk());
  EXPECT_EQ(answer_.version_count(), 0);
  EXPECT_THAT(RowsOf("alice"), ElementsAre(kVersions, 1, kVersions + 1));
}

}  // namespace
}  // namespace usersync::tests
