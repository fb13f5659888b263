// A person is erased: nothing of what they were is left anywhere, and everything still holds.
#include <sys/stat.h>

#include <fstream>

#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/traces.h"
#include "tests/traffic/crowd.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using users::v1::EraseUserRequest;
using users::v1::EraseUserResponse;

// In everything that the person's data ever said.
const std::string kMark = "Zanzibar";

json MarkedDocument(const std::string& id, const std::string& status = kMark) {
  json document = MakeDocument(id, status);
  document["email"] = id + "@" + kMark + ".example";
  return document;
}

class Erasure : public testing::Test {
 protected:
  explicit Erasure(const Line::Options& options = {.stores = 2}) : line_(options) {
    line_.Start();
    crowd_ = std::make_unique<Crowd>(line_);
    alice_ = line_.Client("alice");
    receipts_ = Must(alice_->Subscribe("users.receipt.alice.>"));
  }

  // Publishes as alice what asks for so many things; returns the last receipt.
  json Publish(const std::string& payload, int count = 1) {
    Must(alice_->Publish({.subject = "users.update.alice",
                          .payload = payload,
                          .headers = {{"Users-Receipt", "t"}}}));
    for (; count > 1; --count) Must(receipts_->Next(kPatience));
    return json::parse(Must(receipts_->Next(kPatience)).payload);
  }

  json Mutate(const std::string& mutation_id, const json& document, const json& assumed,
              const std::string& on_conflict = "refuse") {
    return Publish(json{{"mutation_id", mutation_id},
                        {"document", document},
                        {"assumed", assumed},
                        {"on_conflict", on_conflict},
                        {"reason", "because of " + kMark}}
                       .dump());
  }

  // All that can happen to somebody, with the mark in every part of it.
  void LiveAs(const std::string& id) {
    const json first = MarkedDocument(id);
    EXPECT_EQ(Mutate(kMark + "-1", first, nullptr)["outcome"], "APPLIED");
    EXPECT_EQ(Publish(MarkedDocument(id, kMark + "2").dump())["outcome"], "APPLIED");
    const json mine = MarkedDocument(id, kMark + "3");
    EXPECT_EQ(Mutate(kMark + "-2", mine, first)["outcome"], "CONFLICT");
    EXPECT_EQ(Mutate(kMark + "-3", mine, first, "overwrite")["outcome"], "MERGED");
    const json pair = {MakeDocument("other"), MarkedDocument(id, kMark + "4")};
    EXPECT_EQ(Publish(pair.dump(), 2)["outcome"], "APPLIED");
    json invalid = mine;
    invalid["email"] = "no address of " + kMark;
    EXPECT_EQ(Mutate(kMark + "-4", invalid, first)["outcome"], "INVALID");
    invalid["more"] = kMark;
    EXPECT_EQ(Publish(invalid.dump())["outcome"], "INVALID");
    EXPECT_EQ(Publish(mine.dump().substr(1))["outcome"], "INVALID") << "nobody can read it";
    crowd_->Settle();
  }

  grpc::Status Erase(const std::string& id, EraseUserResponse* response, int store = 0,
                     bool dry_run = false) {
    StoreStub stub = line_.Stub("operator", "", store);
    EraseUserRequest request;
    request.set_user_id(id);
    request.set_reason("request 17");
    request.set_dry_run(dry_run);
    return stub.admin().EraseUser(stub.Context().get(), request, response);
  }

  void AwaitCleanStreams() {
    EXPECT_TRUE(Eventually([&] { return TracesInStreams(kMark, line_).empty(); }))
        << testing::PrintToString(TracesInStreams(kMark, line_));
  }

  std::string Verify() { return Must(Store::Run(line_.preparation(), {"verify"})); }

  std::string VerifyIndependently() {
    const Preparation& preparation = line_.preparation();
    const std::string path = preparation.directory() + "/export";
    std::ofstream(path) << Must(Store::Run(preparation, {"export"}));
    return Must(
        RunToEnd({.name = "usersync_verify.py",
                  .argv = {"python3", USERSYNC_SOURCE_DIR "/tests/verifier/usersync_verify.py",
                           "export", path, preparation.secrets_dir + "/log.heads",
                           preparation.secrets_dir + "/log.vkey"}}));
  }

  std::string ListText() {
    std::ifstream file(line_.preparation().secrets_dir + "/erasures");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Line line_;
  std::unique_ptr<Crowd> crowd_;
  std::unique_ptr<NatsClient> alice_;
  std::unique_ptr<NatsSubscription> receipts_;
};

TEST_F(Erasure, LeavesNoTraceAndEveryProofHolds) {
  LiveAs("u-1");
  ASSERT_THAT(TracesOf(kMark, line_, 2), testing::SizeIs(testing::Gt(20)));
  // A head that knows the versions with their content.
  line_.store(1).Terminate();
  line_.store(1).Start();
  const int64_t head = line_.Head();
  const int64_t refused = line_.reader().Number("SELECT count(*) FROM refused");

  EraseUserResponse dry;
  ASSERT_THAT(Erase("u-1", &dry, 0, /*dry_run=*/true), IsOk());
  EXPECT_EQ(dry.sequence(), 0);
  EXPECT_EQ(dry.version_count(), 4);
  EXPECT_EQ(dry.refused_count(), refused);
  EXPECT_EQ(line_.Head(), head);

  EraseUserResponse erased;
  ASSERT_THAT(Erase("u-1", &erased), IsOk());
  EXPECT_EQ(erased.sequence(), head + 1);
  EXPECT_EQ(erased.version_count(), 4);
  EXPECT_EQ(erased.refused_count(), refused);
  EraseUserResponse again;
  ASSERT_THAT(Erase("u-1", &again, 1), IsOk());
  EXPECT_EQ(again.sequence(), erased.sequence());

  AwaitCleanStreams();
  // A browser that was away does not bring the person back, and leaves no trace either.
  for (const auto& late : {Publish(MarkedDocument("u-1").dump()),
                           Mutate(kMark + "-9", MarkedDocument("u-1"), nullptr)}) {
    EXPECT_EQ(late["outcome"], "INVALID");
    EXPECT_EQ(late["violations"][0]["reason"], "USER_ERASED");
    EXPECT_EQ(late["document"]["email"], "erased-u-1@erased.invalid");
  }
  AwaitCleanStreams();
  crowd_->Settle();
  EXPECT_THAT(TracesOf(kMark, line_, 2), IsEmpty());
  EXPECT_EQ(line_.reader().Text("SELECT reason FROM version WHERE action = 'erase'"), "request 17");
  EXPECT_EQ(line_.reader().Number("SELECT count(*) FROM users WHERE doc_id = 'other'"), 1);

  EXPECT_THAT(Verify(), HasSubstr("SOUND"));
  EXPECT_EQ(VerifyIndependently(), "holds\n");
  crowd_->ExpectPromisesKept();
}

TEST_F(Erasure, IsForAdministratorsAndOfWhoIsKnown) {
  EraseUserResponse response;
  EXPECT_THAT(Erase("nobody", &response), IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
  EXPECT_THAT(Erase("nobody", &response, 0, /*dry_run=*/true),
              IsError(grpc::StatusCode::NOT_FOUND, "USER_NOT_FOUND"));
  StoreStub writer = line_.Stub("gateway", "alice");
  EraseUserRequest request;
  request.set_user_id("u-1");
  EXPECT_THAT(writer.admin().EraseUser(writer.Context().get(), request, &response),
              IsError(grpc::StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
  StoreStub admin = line_.Stub("operator");
  request.set_reason(std::string(1025, 'x'));
  EXPECT_THAT(admin.admin().EraseUser(admin.Context().get(), request, &response),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
  request.set_user_id("not an id");
  EXPECT_THAT(admin.admin().EraseUser(admin.Context().get(), request, &response),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID"));
}

TEST_F(Erasure, IsCarriedOutInTheStreamsThoughTheBridgeDies) {
  PlainAuthor& author = crowd_->AddPlainAuthor();
  author.PublishEdits(20, 4, "edited");
  LiveAs("u-1");
  line_.bridge().Kill9();
  EraseUserResponse erased;
  ASSERT_THAT(Erase("u-1", &erased), IsOk());
  ASSERT_THAT(TracesInStreams(kMark, line_), Not(IsEmpty()));
  line_.bridge().Begin();
  // In the middle of it, or just before or after.
  EXPECT_TRUE(Eventually([&] { return line_.Broadcast() == erased.sequence(); }));
  line_.bridge().Kill9();
  line_.bridge().Start();
  AwaitCleanStreams();
  EXPECT_TRUE(Eventually([&] {
    return line_.reader().Number(
               "SELECT coalesce(max(seq), 0) FROM source WHERE stream = "
               "'ERASURES'") == erased.sequence();
  }));
  // The newest message of USERS_UPDATE was the person's: the position names one that is gone.
  line_.nats().Kill9();
  line_.bridge().Kill9();
  line_.nats().Start();
  line_.bridge().Start();
  author.PublishEdits(20, 4, "edited");
  crowd_->ExpectPromisesKept();
  EXPECT_THAT(TracesInStreams(kMark, line_), IsEmpty());
}

TEST_F(Erasure, OutlivesTheRestoreOfAnOlderDatabase) {
  LiveAs("u-1");
  const TempDir copies;
  line_.postgres().Kill9();
  CopyDirectory(line_.postgres().data(), copies.path() + "/pgdata");
  line_.postgres().Start();
  crowd_->Settle();
  EXPECT_EQ(Publish(MarkedDocument("u-2").dump())["outcome"], "APPLIED");
  EraseUserResponse erased;
  ASSERT_THAT(Erase("u-1", &erased), IsOk());
  ASSERT_THAT(Erase("u-2", &erased), IsOk());
  AwaitCleanStreams();
  crowd_->Settle();
  EXPECT_THAT(ListText(),
              testing::MatchesRegex("u-1 [0-9]+ [-:.TZ0-9]+\nu-2 [0-9]+ [-:.TZ0-9]+\n"));
  struct stat list;
  ASSERT_EQ(stat((line_.preparation().secrets_dir + "/erasures").c_str(), &list), 0);
  EXPECT_EQ(list.st_mode & 0777, 0600u);

  line_.store(0).Kill9();
  line_.store(1).Kill9();
  line_.postgres().Kill9();
  CopyDirectory(copies.path() + "/pgdata", line_.postgres().data());
  line_.postgres().Start();
  EXPECT_THAT(TracesInTables(kMark, line_), Not(IsEmpty()));
  line_.store(0).Start();
  EXPECT_THAT(TracesInTables(kMark, line_), IsEmpty()) << "before anybody is served";
  line_.store(1).Start();
  for (const char* id : {"u-1", "u-2"}) {
    const json late = Mutate(std::string("m-") + id, MarkedDocument(id), nullptr);
    EXPECT_EQ(late["violations"][0]["reason"], "USER_ERASED");
  }
  AwaitCleanStreams();
  crowd_->Settle();
  EXPECT_THAT(TracesOf(kMark, line_, 2), IsEmpty());
  EXPECT_THAT(Verify(), HasSubstr("SOUND"));
}

TEST_F(Erasure, IsAppliedAgainToADatabaseThatIsRestoredUnderAStoreThatRuns) {
  LiveAs("u-1");
  const TempDir copies;
  line_.postgres().Kill9();
  CopyDirectory(line_.postgres().data(), copies.path() + "/pgdata");
  line_.postgres().Start();
  crowd_->Settle();
  EraseUserResponse erased;
  ASSERT_THAT(Erase("u-1", &erased), IsOk());
  AwaitCleanStreams();
  line_.postgres().Kill9();
  CopyDirectory(copies.path() + "/pgdata", line_.postgres().data());
  line_.postgres().Start();
  EXPECT_TRUE(Eventually([&] { return TracesInTables(kMark, line_).empty(); }));
}

}  // namespace
}  // namespace usersync::tests
