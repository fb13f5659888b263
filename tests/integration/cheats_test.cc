// Every way to cheat with a history, by one who owns the database: usersync-store verify tells.
#include <gmock/gmock.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/logged_store.h"

namespace usersync::tests {
namespace {

using testing::HasSubstr;

constexpr int kVersions = 600;

// What a careful cheat does after versions were removed: users and log are made to fit.
constexpr char kMakeFit[] =
    "UPDATE users u SET version = v.version, seq = v.id, hash = v.hash, document = v.json, "
    "status = v.json->>'status', update_time = v.created_at FROM (SELECT DISTINCT ON (object_id) "
    "* FROM version ORDER BY object_id, id DESC) v WHERE v.object_id = u.id; "
    "UPDATE feed SET head = (SELECT coalesce(max(id), 0) FROM version); "
    "UPDATE log_edge SET size = 0, peaks = ''; DELETE FROM log_tile";

class Cheats : public testing::Test {
 protected:
  Cheats() {
    store_.Write(kVersions);
    store_.Restart();
  }

  // What verify prints; it must find something.
  std::string FlawsFound() {
    const auto output = Store::Run(store_.line().preparation(), {"verify"});
    EXPECT_FALSE(output.ok()) << *output;
    return std::string(output.status().message());
  }

  // The flaws that the store streams, or its error.
  std::vector<std::string> VerifyHistory(const std::string& user_id) {
    users::v1::VerifyHistoryRequest request;
    request.set_user_id(user_id);
    const auto context = store_.stub().Context();
    const auto stream = store_.stub().history().VerifyHistory(context.get(), request);
    users::v1::VerifyHistoryResponse response;
    std::vector<std::string> flaws;
    while (stream->Read(&response)) {
      for (const users::v1::HistoryFlaw& flaw : response.flaws()) {
        flaws.push_back(absl::StrCat(flaw.sequence(), " ", flaw.user_id(), " ", flaw.version(), " ",
                                     flaw.description()));
      }
    }
    const grpc::Status status = stream->Finish();
    if (!status.ok()) return {status.error_message()};
    EXPECT_TRUE(response.done());
    EXPECT_EQ(response.checked_count(), response.total_count());
    return flaws;
  }

  std::string StoreLog() {
    std::ifstream file(store_.line().preparation().LogPath("store-1"));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  LoggedStore store_;
};

TEST_F(Cheats, ThereAreNone) {
  store_.Write(10);
  const std::string output = Must(Store::Run(store_.line().preparation(), {"verify"}));
  EXPECT_THAT(output, HasSubstr("SOUND"));
  EXPECT_THAT(output, HasSubstr("1 signed heads, the newest of 600 versions"));
}

TEST_F(Cheats, AreSeenByTheIndependentVerifierToo) {
  const Preparation& preparation = store_.line().preparation();
  const std::string path = preparation.directory() + "/export";
  const auto verify = [&] {
    std::ofstream(path) << Must(Store::Run(preparation, {"export"}));
    return RunToEnd(
        {.name = "usersync_verify.py",
         .argv = {"python3", USERSYNC_SOURCE_DIR "/tests/verifier/usersync_verify.py", "export",
                  path, store_.heads_path(), preparation.secrets_dir + "/log.vkey"}});
  };
  EXPECT_EQ(Must(verify()), "holds\n");
  store_.Tamper("UPDATE version SET json = jsonb_set(json, '{status}', '\"boss\"') WHERE id = 5");
  EXPECT_THAT(verify().status().message(), HasSubstr("line 5: the body is not what was committed"));
}

TEST_F(Cheats, AreToldByVerifyHistoryToo) {
  EXPECT_EQ(VerifyHistory(""), std::vector<std::string>{});
  EXPECT_EQ(VerifyHistory("user-5"), std::vector<std::string>{});
  store_.Tamper("UPDATE version SET actor = 'mallory' WHERE id = 5");
  const std::vector<std::string> flaw = {"5 user-5 1 the actor is not who wrote it (actor_hash)"};
  EXPECT_EQ(VerifyHistory(""), flaw);
  EXPECT_EQ(VerifyHistory("user-5"), flaw);
  EXPECT_EQ(VerifyHistory("user-6"), std::vector<std::string>{});
  EXPECT_EQ(VerifyHistory("nobody"),
            std::vector<std::string>{"user_id names no user (got \"nobody\")"});
}

TEST_F(Cheats, AreFoundInTheTreeOfAUserToo) {
  store_.Tamper("UPDATE log_edge SET peaks = overlay(peaks PLACING '\\x00' FROM 1)");
  EXPECT_EQ(VerifyHistory("user-5"),
            std::vector<std::string>{"505 user-5 6 the log does not hold the last version"});
}

TEST_F(Cheats, AChangedBody) {
  store_.Tamper("UPDATE version SET json = jsonb_set(json, '{status}', '\"boss\"') WHERE id = 5");
  EXPECT_THAT(FlawsFound(), HasSubstr("sequence 5: user user-5, version 1: document"));
}

TEST_F(Cheats, AFieldThatTheSchemaDoesNotKnow) {
  store_.Tamper("UPDATE version SET json = json || '{\"more\":\"x\"}' WHERE id = 5");
  EXPECT_THAT(FlawsFound(), HasSubstr("(body_hash)"));
}

TEST_F(Cheats, AChangedActor) {
  store_.Tamper("UPDATE version SET actor = 'mallory' WHERE id = 5");
  EXPECT_THAT(FlawsFound(), HasSubstr("(actor_hash)"));
}

TEST_F(Cheats, AChangedTime) {
  store_.Tamper("UPDATE version SET created_at = created_at + '1 s' WHERE id = 5");
  EXPECT_THAT(FlawsFound(), HasSubstr("(hash)"));
}

TEST_F(Cheats, ARemovedMiddle) {
  store_.Tamper("DELETE FROM version WHERE id = 5");
  EXPECT_THAT(FlawsFound(), HasSubstr("no version has the sequences 5 to 5"));
}

TEST_F(Cheats, ACutTail) {
  store_.Tamper(absl::StrCat("DELETE FROM version WHERE id > 400; ", kMakeFit));
  const std::string heads = store_.HeadsText();
  store_.Restart();
  EXPECT_THAT(FlawsFound(), HasSubstr("a head of 600 versions was signed, and only the first 400"));
  // The store tells too, and signs nothing.
  EXPECT_TRUE(Eventually([&] { return StoreLog().find("THE LOG WAS CUT") != std::string::npos; }));
  EXPECT_EQ(store_.Head().size(), 400);
  EXPECT_EQ(store_.Head().log_checkpoint(), "");
  EXPECT_EQ(store_.HeadsText(), heads);
}

TEST_F(Cheats, ASwappedOrder) {
  store_.Tamper(
      "UPDATE version SET id = 1000000 WHERE id = 5; UPDATE version SET id = 5 WHERE id = 6; "
      "UPDATE version SET id = 6 WHERE id = 1000000");
  EXPECT_THAT(FlawsFound(), HasSubstr("sequence 5: user user-6, version 1: the entry"));
}

TEST_F(Cheats, AForgedSignature) {
  const std::string heads = store_.HeadsText();
  std::ofstream(store_.heads_path(), std::ios::trunc)
      << absl::StrReplaceAll(heads, {{"\n600\n", "\n599\n"}});
  EXPECT_THAT(FlawsFound(), HasSubstr("the head of 599 versions was not signed by the log's key"));
}

TEST_F(Cheats, ARewrittenDatabaseWithHashesThatAgree) {
  store_.Tamper(
      absl::StrCat("DELETE FROM version; DELETE FROM users; DELETE FROM email_address; "
                   "DELETE FROM ledger; ",
                   kMakeFit));
  const std::string heads = store_.HeadsText();
  store_.Restart();
  store_.Write(kVersions + 1);
  EXPECT_EQ(store_.Head().log_checkpoint(), "");
  EXPECT_EQ(store_.HeadsText(), heads);
  const std::string output = FlawsFound();
  EXPECT_THAT(output, HasSubstr("the first 600 versions are not those whose head was signed"));
  EXPECT_THAT(output, HasSubstr("1 flaws"));
}

TEST_F(Cheats, AUserWhoIsNotTheFold) {
  store_.Tamper("UPDATE users SET status = 'boss' WHERE doc_id = 'user-5'");
  EXPECT_THAT(FlawsFound(), HasSubstr("the columns of the user's row are not its document's"));
}

TEST_F(Cheats, AnAddressThatIsNobodysAnyMore) {
  store_.Tamper(
      "DELETE FROM email_address WHERE user_id = (SELECT id FROM users WHERE doc_id = 'user-5')");
  EXPECT_THAT(FlawsFound(), HasSubstr("user user-5, version 6: the user lives and does not hold"));
  const std::vector<std::string> flaw = {
      "505 user-5 6 the user lives and does not hold its address: another could take it"};
  EXPECT_EQ(VerifyHistory("user-5"), flaw);
}

TEST_F(Cheats, AnAddressThatIsKeptFromEverybody) {
  store_.Tamper("INSERT INTO email_address VALUES ('kept@example.com', 5), ('a@example.com', 999)");
  const std::string output = FlawsFound();
  EXPECT_THAT(output, HasSubstr("user number 5 holds an address that is not its own"));
  EXPECT_THAT(output, HasSubstr("user number 999 holds an address that is not its own"));
  EXPECT_THAT(output, HasSubstr("2 flaws"));
}

TEST_F(Cheats, AnotherUsersVersion) {
  store_.Tamper(
      "UPDATE version SET object_id = (SELECT id FROM users WHERE doc_id = 'user-6') WHERE id = 5");
  EXPECT_THAT(FlawsFound(), HasSubstr("is of another user's document"));
}

TEST_F(Cheats, ATileOfTheLog) {
  store_.Tamper("UPDATE log_tile SET hashes = overlay(hashes PLACING '\\x00' FROM 1)");
  EXPECT_THAT(FlawsFound(), HasSubstr("tile 0 of level 0 does not hold the hashes"));
}

TEST_F(Cheats, TheRightEdgeOfTheLog) {
  store_.Tamper("UPDATE log_edge SET peaks = overlay(peaks PLACING '\\x00' FROM 1)");
  EXPECT_THAT(FlawsFound(), HasSubstr("the log's right edge is not that of its versions"));
}

TEST_F(Cheats, ErasureIsNone) {
  store_.Tamper(
      "UPDATE version SET json = NULL, audit = NULL, reason = NULL, mutation_id = NULL, "
      "body_salt = NULL, actor = NULL, actor_salt = NULL WHERE id = 5");
  EXPECT_THAT(Must(Store::Run(store_.line().preparation(), {"verify"})), HasSubstr("SOUND"));
}

TEST_F(Cheats, ARestoredDatabaseIsALogOfItsOwnOnceItsOperatorSaysSo) {
  store_.Tamper(absl::StrCat("DELETE FROM version WHERE id > 400; ", kMakeFit));
  Must(Store::Run(store_.line().preparation(), {"new-epoch"}).status());
  store_.Restart();
  store_.Restart();
  const auto head = store_.Head();
  EXPECT_EQ(head.size(), 400);
  EXPECT_THAT(head.log_checkpoint(), HasSubstr("\n400\n"));
  EXPECT_THAT(Must(Store::Run(store_.line().preparation(), {"verify"})),
              HasSubstr("1 signed heads, the newest of 400 versions; 1 of other logs"));
}

}  // namespace
}  // namespace usersync::tests
