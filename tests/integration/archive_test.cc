// The oldest partition of a history of a million versions goes into a file while the store serves.
// The tests tell one story, in their order.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/harness/programs.h"
#include "tests/integration/api_error.h"
#include "tests/integration/history_api.h"
#include "tests/integration/long_history.h"
#include "tests/integration/watch_stream.h"

namespace usersync::tests {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Minutes(20);
// A user all of whose versions go, and two who are written once more.
constexpr char kGone[] = "user-7";
constexpr char kUpdated[] = "user-8";
constexpr char kDeleted[] = "user-9";

class Archive : public HistoryApi {
 protected:
  static void SetUpTestSuite() {
    StoreApi::SetUpTestSuite();
    line().store().Terminate();
    WriteLongHistory(line().owner());
    line().store().Start();
  }

  static Process::Options Command(const std::vector<std::string>& arguments) {
    Process::Options options{
        .name = "archive",
        .argv = {ProgramPath("usersync-store"), "archive", "--archive-dir", directory(),
                 "--archive-keep", "0"},
        .environment = {{"USERSYNC_OWNER_DATABASE_URL", line().preparation().owner_database_url}},
        .log_path = directory() + ".log"};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    return options;
  }
  static std::string RunArchive(const std::vector<std::string>& arguments = {}) {
    return Must(RunToEnd(Command(arguments), kPatience));
  }

  static std::string directory() {
    std::string path = line().preparation().directory() + "/archive";
    std::filesystem::create_directory(path);
    return path;
  }
  // The only file of the archive, or what will be it.
  static std::string PathOf(const std::string& ending) {
    const std::string epoch = line().reader().Text("SELECT epoch FROM feed");
    return absl::StrCat(directory(), "/", epoch, "-1-", kHistoryVersions, ending);
  }
  static bool IsThere(const std::string& ending) { return std::filesystem::exists(PathOf(ending)); }
  static bool IsArchived() {
    return line().reader().Number("SELECT count(*) FROM archive") == 1 &&
           line().reader().Text("SELECT coalesce(to_regclass('version_p0')::text, '')").empty();
  }

  void Report(int64_t sequence) {
    StoreStub bridge = line().Stub("bridge");
    users::internal::v1::ReportBroadcastRequest request;
    request.set_sequence(sequence);
    users::internal::v1::ReportBroadcastResponse response;
    ASSERT_THAT(bridge.ingest().ReportBroadcast(bridge.Context().get(), request, &response),
                IsOk());
  }

  // The checkpoint of a version, as the store made it when the version was there.
  std::string CheckpointBefore(int64_t sequence) {
    users::v1::WatchRequest request;
    request.set_start(users::v1::WATCH_START_OLDEST);
    WatchStream stream(reader_, request);
    std::string checkpoint;
    for (users::v1::Change change = stream.NextChange(); change.version().sequence() < sequence;
         change = stream.NextChange()) {
      checkpoint = change.checkpoint();
    }
    return checkpoint;
  }

  grpc::Status Pull(const std::string& checkpoint, users::v1::PullResponse* response) {
    users::v1::PullRequest request;
    request.set_checkpoint(checkpoint);
    request.set_limit(5);
    return reader_.sync().Pull(reader_.Context().get(), request, response);
  }

  std::string Verify() {
    const auto output = Store::Run(line().preparation(), {"verify"});
    return output.ok() ? *output : std::string(output.status().message());
  }

  // What the independent verifier says of the archive alone.
  static std::string VerifyFile() {
    const std::string script = USERSYNC_SOURCE_DIR "/tests/verifier/usersync_verify.py";
    const std::string root = line().reader().Text("SELECT encode(root, 'hex') FROM archive");
    return Must(RunToEnd({.name = "usersync_verify.py",
                          .argv = {"python3", script, "archive", PathOf(".jsonl"), root}},
                         kPatience));
  }

  // A checkpoint in the middle of what will be archived, and a stream that stands there.
  static std::string old_checkpoint_;
  static std::unique_ptr<WatchStream> old_stream_;
};

std::string Archive::old_checkpoint_;
std::unique_ptr<WatchStream> Archive::old_stream_;

TEST_F(Archive, WaitsForTheBroadcaster) {
  Create("fresh");
  old_checkpoint_ = CheckpointBefore(4);
  EXPECT_THAT(RunArchive(), HasSubstr("because no bridge has said yet what it has broadcast"));
  Report(kHistoryVersions - 1);
  EXPECT_THAT(RunArchive(), HasSubstr("because the bridge has broadcast up to sequence 1048575"));
  EXPECT_FALSE(IsThere(".jsonl"));
  EXPECT_FALSE(IsArchived());
}

TEST_F(Archive, SaysWhatItWouldDo) {
  Report(kHistoryVersions);
  EXPECT_EQ(RunArchive({"--dry-run"}),
            "to be archived: sequences 1 to 1048576 in 1 file\n"
            "kept: sequences 1048577 to 1048577, because the newest partition is not full\n"
            "nothing was done: this is a dry run\n");
  EXPECT_THAT(RunArchive({"1048576"}), HasSubstr("only what is before sequence 1048576 goes"));
  EXPECT_THAT(RunArchive({"--archive-keep", "1"}), HasSubstr("1 full partitions are kept"));
  EXPECT_FALSE(IsThere(".jsonl"));
  EXPECT_FALSE(IsArchived());
}

TEST_F(Archive, GoesOnAfterACrashAndWritesAgainWhatWasErasedMeanwhile) {
  SetStatus(kUpdated, "active");
  Delete(kDeleted);
  users::v1::WatchRequest request;
  request.set_checkpoint(old_checkpoint_);
  old_stream_ = std::make_unique<WatchStream>(reader_, request);
  EXPECT_EQ(old_stream_->NextChange().version().sequence(), 4);
  auto archive = Must(Process::Start(Command({})));
  ASSERT_TRUE(Eventually([] { return IsThere(".jsonl.partial"); }, kPatience));
  archive->Kill9();
  EXPECT_FALSE(IsArchived());

  // A reader that lasts keeps the partition where it is, and nobody waits for that.
  pqxx::connection connection(line().preparation().reader_database_url);
  auto reading = std::make_unique<pqxx::work>(connection);
  reading->exec("SELECT FROM version WHERE id = 1");
  archive = Must(Process::Start(Command({})));
  ASSERT_TRUE(Eventually([] { return IsThere(".jsonl"); }, kPatience));
  for (int i = 0; i < 10; ++i) SetStatus("fresh", absl::StrCat("s-", i));
  EXPECT_FALSE(IsArchived());
  Must(
      line().owner().Query("UPDATE version SET json = NULL, mutation_id = NULL, body_salt = NULL "
                           "WHERE id = 3"));
  reading.reset();
  EXPECT_EQ(Must(archive->Wait(kPatience)), 0);
  EXPECT_TRUE(IsArchived());
  EXPECT_EQ(RunArchive(),
            "archived: sequences 1 to 1048576\nnothing to archive\n"
            "kept: sequences 1048577 to " +
                line().reader().Text("SELECT head FROM feed") +
                ", because the newest partition is not full\n");
}

TEST_F(Archive, IsAFileThatOutsidersVerify) {
  struct stat status;
  ASSERT_EQ(stat(PathOf(".jsonl").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(std::filesystem::path(PathOf(".jsonl")).filename(),
            line().reader().Text("SELECT file FROM archive"));
  const std::string sum =
      Must(RunToEnd({.name = "sha256sum", .argv = {"sha256sum", PathOf(".jsonl")}}, kPatience));
  EXPECT_EQ(sum.substr(0, 64), line().reader().Text("SELECT encode(digest, 'hex') FROM archive"));
  std::ifstream file(PathOf(".jsonl"));
  std::string text;
  for (int i = 0; i < 3; ++i) std::getline(file, text);
  EXPECT_THAT(text, HasSubstr("\"body\":null,\"body_salt\":null"));
}

TEST_F(Archive, LeavesASoundDatabase) {
  EXPECT_THAT(Verify(), AllOf(HasSubstr("SOUND"), HasSubstr("1048576 of them archived")));
  line().store().Terminate();
  line().store().Start();
  EXPECT_THAT(Verify(), HasSubstr("SOUND"));
}

TEST_F(Archive, EndsWatchesThatAreBelowIt) {
  users::v1::WatchRequest request;
  request.set_start(users::v1::WATCH_START_OLDEST);
  EXPECT_EQ(WatchStream(reader_, request).NextChange().version().sequence(), kHistoryVersions + 1);
  request.set_checkpoint(old_checkpoint_);
  const grpc::Status error = WatchStream(reader_, request).End();
  EXPECT_THAT(error, IsError(StatusCode::OUT_OF_RANGE, "CHECKPOINT_TOO_OLD"));
  request.set_checkpoint(*MetadataOf(FromGrpc(error), "oldest_checkpoint"));
  EXPECT_EQ(WatchStream(reader_, request).NextChange().version().sequence(), kHistoryVersions + 1);
  request.set_include_before(true);
  EXPECT_FALSE(WatchStream(reader_, request).NextChange().has_before());
}

TEST_F(Archive, IsNotNeededToPull) {
  users::v1::PullResponse response;
  ASSERT_THAT(Pull(old_checkpoint_, &response), IsOk());
  ASSERT_EQ(response.users_size(), 5);
  EXPECT_GT(response.users(0).sequence(), 3);
  std::string forged = old_checkpoint_;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  EXPECT_THAT(Pull(forged, &response), testing::Not(IsOk()));
}

TEST_F(Archive, HoldsThePastThatIsAskedFor) {
  const auto archived = IsError(StatusCode::OUT_OF_RANGE, "VERSION_ARCHIVED");
  users::v1::GetUserRequest as_of;
  users::v1::GetUserResponse user;
  as_of.set_user_id(kUpdated);
  as_of.set_version(8);
  EXPECT_THAT(GetAsOf(as_of, &user), archived);
  as_of.set_sequence(kHistoryVersions);
  EXPECT_THAT(GetAsOf(as_of, &user), archived);
  as_of.mutable_time()->set_seconds(1704067201);
  EXPECT_THAT(GetAsOf(as_of, &user), archived);
  as_of.set_version(9);
  EXPECT_THAT(GetAsOf(as_of, &user), IsOk());
  users::v1::Version version;
  EXPECT_THAT(GetVersion(kGone, 8, &version), archived);
  std::vector<users::v1::FieldDiff> diffs;
  EXPECT_THAT(Diff(kUpdated, 8, 9, &diffs), archived);
  std::vector<users::v1::Version> versions;
  users::v1::StreamHistoryRequest stream;
  stream.set_user_id(kUpdated);
  ASSERT_THAT(Stream(stream, &versions), IsOk());
  EXPECT_EQ(NumbersOf(versions), std::vector<int>{9});
  stream.set_after_version(3);
  EXPECT_THAT(Stream(stream, &versions), archived);
  users::v1::User written;
  users::v1::RestoreUserRequest restore;
  restore.set_user_id(kUpdated);
  restore.set_version(8);
  EXPECT_THAT(Restore(restore, &written), archived);
  users::v1::UndeleteUserRequest undelete;
  undelete.set_user_id(kDeleted);
  EXPECT_THAT(Undelete(undelete, &written), archived);
  EXPECT_EQ(Get(kGone).version(), 8);
  const auto exported = Store::Run(line().preparation(), {"export", "1"});
  EXPECT_THAT(exported.status().message(), HasSubstr("sequences 1 to 1048576 are archived, in "));
}

TEST_F(Archive, IsProvenByTheLogAsBefore) {
  users::v1::ProveInclusionRequest request;
  request.set_sequence(5);
  users::v1::ProveInclusionResponse proof;
  ASSERT_THAT(reader_.log().ProveInclusion(reader_.Context().get(), request, &proof), IsOk());
  std::ifstream file(PathOf(".jsonl"));
  std::string text;
  for (int i = 0; i < 5; ++i) std::getline(file, text);
  EXPECT_THAT(text,
              HasSubstr(absl::StrCat("\"hash\":\"", absl::BytesToHexString(proof.leaf_hash()))));
  users::v1::ProveConsistencyRequest from;
  from.set_from_size(1000);
  users::v1::ProveConsistencyResponse consistency;
  EXPECT_THAT(reader_.log().ProveConsistency(reader_.Context().get(), from, &consistency), IsOk());
}

TEST_F(Archive, LosesWhatIsErased) {
  Must(line().owner().Query("UPDATE users SET erased = TRUE WHERE doc_id = 'user-7'"));
  EXPECT_THAT(RunArchive({"--apply-erasures", "--dry-run"}),
              HasSubstr(".jsonl: 8 versions would lose their content"));
  EXPECT_THAT(RunArchive({"--apply-erasures"}), HasSubstr(": 8 versions lost their content"));
  EXPECT_THAT(RunArchive({"--apply-erasures"}), HasSubstr(": 0 versions lost their content"));
  EXPECT_EQ(VerifyFile(), "holds\n");
}

TEST_F(Archive, HidesNoCheat) {
  Must(line().owner().Query(
      "ALTER TABLE archive DISABLE TRIGGER USER; ALTER TABLE log_tile DISABLE TRIGGER USER; "
      "UPDATE archived_user SET hash = sha256('other') WHERE object_id = 20; "
      "UPDATE users SET document = jsonb_set(document, '{status}', '\"boss\"'), status = 'boss' "
      "WHERE id = 21; "
      "UPDATE archive SET root = sha256('other'); "
      "UPDATE log_tile SET hashes = overlay(hashes PLACING '\\x00' FROM 1) "
      "WHERE level = 0 AND number = 1000"));
  const std::string output = Verify();
  EXPECT_THAT(output, HasSubstr("the log does not hold this archived version"));
  EXPECT_THAT(output, HasSubstr("user user-20, version 8: the user's row names a version that is "
                                "not there"));
  EXPECT_THAT(output, HasSubstr("user user-21, version 8: the user's document is not that of its "
                                "last version"));
  EXPECT_THAT(output, HasSubstr("the archived versions up to 1048576 are not those"));
  EXPECT_THAT(output, HasSubstr("tile 1000 of level 0 does not hold the hashes"));
}

}  // namespace
}  // namespace usersync::tests
