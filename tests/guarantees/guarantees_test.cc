// Each checker finds what it is there for: flawless evidence, cheated in one place.
#include "tests/guarantees/guarantees.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/guarantees/sample.h"

namespace usersync::tests {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

MATCHER_P(Says, text, "") { return testing::Matches(Contains(HasSubstr(text)))(arg); }

TEST(Guarantees, FlawlessEvidenceHasNoFlaw) { EXPECT_THAT(AllFlaws(Sample()), IsEmpty()); }

TEST(Guarantees, AFlawIsHeadedByItsPromiseAndManyAreCutShort) {
  Evidence evidence = Sample();
  for (VersionRow& row : evidence.history.versions) row.hash[0] ^= 1;
  for (VersionRow& row : evidence.history.versions) row.body_hash[0] ^= 1;
  EXPECT_THAT(AllFlaws(evidence), Says("Audited: user ann"));
  EXPECT_THAT(AllFlaws(evidence), Says("more"));
}

TEST(Durable, FindsAReceiptWithoutVersion) {
  Evidence evidence = Sample();
  evidence.asked[0].receipts[0]["seq"] = 6;
  EXPECT_THAT(Durable(evidence), Says("no such version"));
}

TEST(Durable, FindsAVersionThatSaysSomethingElse) {
  Evidence evidence = Sample();
  evidence.asked[0].document["status"] = "promised";
  EXPECT_THAT(Durable(evidence), Says("another document"));
}

TEST(Durable, FindsAReceiptForSomebodyElsesVersion) {
  Evidence evidence = Sample();
  evidence.asked[2].receipts[0]["seq"] = 3;
  EXPECT_THAT(Durable(evidence), Says("another actor's"));
}

TEST(Complete, HasNoFlawIfEveryPlainDocumentTookEffect) {
  EXPECT_THAT(Complete(Sample()), IsEmpty());
}

TEST(Complete, FindsAPlainDocumentThatTookNoEffect) {
  Evidence evidence = Sample();
  evidence.plain["alice"].insert(evidence.plain["alice"].begin() + 1, {{"id", "lost"}});
  EXPECT_THAT(Complete(evidence), Says("published 3, and 2 took effect"));
  EXPECT_THAT(Complete(evidence), Says("document 1 is the first"));
}

TEST(Ordered, FindsAWatcherThatWasToldBackwards) {
  Evidence evidence = Sample();
  std::swap(evidence.watches[0][1], evidence.watches[0][2]);
  EXPECT_THAT(Ordered(evidence), Says("was told 2 after 3"));
}

TEST(Ordered, FindsPlainDocumentsThatTookEffectInAnotherOrder) {
  Evidence evidence = Sample();
  std::swap(evidence.plain["alice"][0], evidence.plain["alice"][1]);
  EXPECT_THAT(Ordered(evidence), Says("plain document at seq 5"));
}

TEST(Ordered, FindsAPlainDocumentThatTookEffectTwice) {
  Evidence evidence = Sample();
  evidence.plain["alice"].pop_back();
  EXPECT_THAT(Ordered(evidence), Says("plain document at seq 5"));
}

TEST(Ordered, FindsTimeThatGoesBack) {
  Evidence evidence = Sample();
  evidence.history.versions[2].committed_at = 1;
  EXPECT_THAT(Ordered(evidence), Says("time goes back at seq 3"));
}

TEST(NoGap, FindsAMissingVersion) {
  Evidence evidence = Sample();
  evidence.history.versions.erase(evidence.history.versions.begin() + 1);
  EXPECT_THAT(NoGap(evidence), Says("seq 3 stands where 2 should"));
}

TEST(NoGap, FindsAHeadThatIsNotTheNewestVersion) {
  Evidence evidence = Sample();
  ++evidence.history.head;
  EXPECT_THAT(NoGap(evidence), Says("feed.head is 6"));
}

TEST(NoGap, FindsAChangeThatAWatcherOrTheStreamLacks) {
  Evidence evidence = Sample();
  evidence.watches[0].erase(evidence.watches[0].begin() + 2);
  evidence.broadcasts.erase(evidence.broadcasts.begin() + 3);
  EXPECT_THAT(NoGap(evidence), Says("a watcher was told 4 after 2"));
  EXPECT_THAT(NoGap(evidence), Says("USERS_BROADCAST holds 5 after 3"));
}

TEST(NoGap, TakesAHoleInTheStreamForNoLossWhereAUserWasErased) {
  Evidence evidence = Sample();
  evidence.broadcasts.erase(evidence.broadcasts.begin() + 3);
  EXPECT_THAT(Converged(evidence), Says("USERS_BROADCAST holds 5 after 3"));
  evidence.history.versions[3].document.reset();
  EXPECT_TRUE(NoGap(evidence).empty());
  EXPECT_TRUE(Converged(evidence).empty());
}

TEST(NoDuplicateEffect, FindsASecondVersionOfAMutation) {
  Evidence evidence = Sample();
  evidence.history.versions[3].mutation_id = "m-1";
  EXPECT_THAT(NoDuplicateEffect(evidence), Says("seq 4 is a second version of alice's"));
}

TEST(NoDuplicateEffect, FindsTwoAnswersToOneMutation) {
  Evidence evidence = Sample();
  evidence.asked[0].receipts[1]["outcome"] = "CONFLICT";
  EXPECT_THAT(NoDuplicateEffect(evidence), Says("was answered"));
}

TEST(Resumable, FindsAWatcherThatWasToldTwiceOrNotAtAll) {
  Evidence twice = Sample();
  twice.watches[0].insert(twice.watches[0].begin() + 2, twice.watches[0][1]);
  EXPECT_THAT(Resumable(twice), Says("had been told 2 was told 2 next"));
  Evidence never = Sample();
  never.watches[0].erase(never.watches[0].begin() + 1);
  EXPECT_THAT(Resumable(never), Says("had been told 1 was told 3 next"));
}

TEST(Resumable, FindsAWatcherThatWasToldSomethingElse) {
  Evidence evidence = Sample();
  evidence.watches[0][1].document["status"] = "rumour";
  EXPECT_THAT(Resumable(evidence), Says("another document"));
}

TEST(NoLostUpdate, FindsAnApplyThatAssumedSomethingElse) {
  Evidence evidence = Sample();
  (*evidence.asked[1].assumed)["status"] = "seen elsewhere";
  EXPECT_THAT(NoLostUpdate(evidence), Says("bob's m-3 at seq 3: applied although"));
}

TEST(NoLostUpdate, FindsAMergeThatDroppedTheOtherSide) {
  Evidence evidence = Sample();
  (*evidence.history.versions[3].document)["status"] = "active";
  EXPECT_THAT(NoLostUpdate(evidence), Says("status is \"active\", not \"busy\""));
}

TEST(NoLostUpdate, FindsAnOverwriteThatNobodyAskedForOrNobodyKept) {
  Evidence evidence = Sample();
  evidence.asked[2].document["status"] = "mine";
  (*evidence.history.versions[3].document)["status"] = "mine";
  EXPECT_THAT(NoLostUpdate(evidence), Says("status was overwritten unasked"));
  EXPECT_THAT(NoLostUpdate(evidence), Says("what it overwrote is not in the history"));
  evidence.asked[2].overwrite = true;
  evidence.history.versions[3].audit = json{{"theirs", *evidence.history.versions[2].document}};
  EXPECT_THAT(NoLostUpdate(evidence), IsEmpty());
}

TEST(NoLostUpdate, KnowsThatADeletionDisputesAnEditOfOtherFields) {
  Evidence evidence = Sample();
  (*evidence.history.versions[2].document)["_deleted"] = true;
  evidence.history.versions[3].audit = json{{"theirs", *evidence.history.versions[2].document}};
  EXPECT_THAT(NoLostUpdate(evidence), Says("_deleted was overwritten unasked"));
  evidence.asked[2].overwrite = true;
  EXPECT_THAT(NoLostUpdate(evidence), IsEmpty());
  (*evidence.history.versions[3].document)["_deleted"] = true;
  EXPECT_THAT(NoLostUpdate(evidence), Says("_deleted is true, not false"));
}

TEST(Audited, FindsAUserThatIsNotItsLastVersion) {
  Evidence evidence = Sample();
  evidence.history.users[0].document["status"] = "edited by hand";
  EXPECT_THAT(Audited(evidence), Says("the row is not the last version"));
}

TEST(Audited, FindsColumnsThatAreNotTheDocument) {
  for (const auto& cheat : std::vector<void (*)(UserRow&)>{
           [](UserRow& user) { user.email = "other@example.com"; },
           [](UserRow& user) { user.role.reset(); }, [](UserRow& user) { user.deleted = true; },
           [](UserRow& user) { user.times_agree = false; }}) {
    Evidence evidence = Sample();
    cheat(evidence.history.users[0]);
    EXPECT_THAT(Audited(evidence), Says("the columns and the document of the row differ"));
  }
}

TEST(Audited, FindsAlteredContentActorAndEntry) {
  Evidence evidence = Sample();
  (*evidence.history.versions[0].document)["status"] = "altered";
  evidence.history.versions[1].actor = "mallory";
  evidence.history.versions[2].committed_at += 1;
  const Flaws flaws = Audited(evidence);
  EXPECT_THAT(flaws, Says("seq 1: body_hash is wrong"));
  EXPECT_THAT(flaws, Says("seq 2: actor_hash is wrong"));
  EXPECT_THAT(flaws, Says("seq 3: hash is wrong"));
}

TEST(Audited, FindsAChainThatWasCutEvenIfItIsSealedAgain) {
  Evidence evidence = Sample();
  VersionRow& row = evidence.history.versions[2];
  row.prev_hash = std::string(32, 'x');
  Seal(row, "ann");
  EXPECT_THAT(Audited(evidence), Says("seq 3: prev_hash is not the hash before"));
}

TEST(Audited, FindsVersionNumbersThatAreNotDense) {
  Evidence evidence = Sample();
  evidence.history.versions[2].version = 3;
  EXPECT_THAT(Audited(evidence), Says("version 3 stands where 2 should"));
}

TEST(Audited, FindsAVersionWithoutUserAndAUserWithoutVersion) {
  Evidence evidence = Sample();
  evidence.history.versions[1].object_id = 777;
  EXPECT_THAT(Audited(evidence), Says("seq 2 belongs to no user"));
  evidence.history.versions.erase(evidence.history.versions.begin() + 4);
  EXPECT_THAT(Audited(evidence), Says("user bo, seq 0: has no version"));
}

TEST(Audited, FindsWrongChangedFieldsAndActions) {
  Evidence evidence = Sample();
  evidence.history.versions[2].changed_fields = {"email"};
  evidence.history.versions[4].action = "update";
  EXPECT_THAT(Audited(evidence), Says("seq 3: changed_fields is wrong"));
  EXPECT_THAT(Audited(evidence), Says("the action is update, not delete"));
}

TEST(Audited, FindsLivingUsersThatShareAnAddressWhateverItsCase) {
  Evidence evidence = Sample();
  UserRow twin = evidence.history.users[0];
  twin.object_id = 500;
  twin.email = "ANN@example.com";
  evidence.history.users.push_back(twin);
  EXPECT_THAT(Audited(evidence), Says("users 100 and 500 share ANN@example.com"));
}

TEST(Audited, FindsAnAddressThatIsStillTaken) {
  Evidence evidence = Sample();
  evidence.history.addresses["bo@example.com"] = 101;
  EXPECT_THAT(Audited(evidence), Says("the remembered addresses are others"));
}

TEST(Audited, TakesErasedContentForWhatItIs) {
  Evidence evidence = Sample();
  VersionRow& row = evidence.history.versions[0];
  row.document.reset();
  row.body_salt.reset();
  row.mutation_id.reset();
  EXPECT_THAT(Audited(evidence), IsEmpty());
  row.body_salt = std::string(16, 'b');
  EXPECT_THAT(Audited(evidence), Says("half erased"));
}

TEST(Converged, FindsABroadcastThatWasStoredTwice) {
  Evidence evidence = Sample();
  evidence.broadcasts.insert(evidence.broadcasts.begin() + 3, evidence.broadcasts[2]);
  EXPECT_THAT(Converged(evidence), Says("USERS_BROADCAST holds 3 twice"));
}

TEST(Converged, FindsAStreamThatEndsEarly) {
  Evidence evidence = Sample();
  evidence.broadcasts.pop_back();
  EXPECT_THAT(Converged(evidence), Says("USERS_BROADCAST ends with 4, the feed with 5"));
}

TEST(Converged, FindsABroadcastThatIsNotTheVersion) {
  for (const auto& [cheat, what] : std::vector<std::pair<void (*)(Told&), std::string>>{
           {[](Told& told) { told.epoch = "another"; }, "another epoch"},
           {[](Told& told) { told.checkpoint.clear(); }, "no checkpoint"},
           {[](Told& told) { told.version = 9; }, "another version number"},
           {[](Told& told) { told.action = "restore"; }, "another action"},
           {[](Told& told) { told.actor = "mallory"; }, "another actor"},
           {[](Told& told) { told.mutation_id = "m-9"; }, "another mutation"},
           {[](Told& told) { told.document["x"] = 1; }, "another document"}}) {
    Evidence evidence = Sample();
    cheat(evidence.broadcasts[2]);
    EXPECT_THAT(Converged(evidence), Says("USERS_BROADCAST holds seq 3: " + what));
  }
}

TEST(Converged, TakesALostHistoryThatANewOneReplaces) {
  Evidence evidence = Sample();
  Told lost = evidence.broadcasts[4];
  lost.checkpoint = "lost";
  lost.document["status"] = "lost";
  evidence.broadcasts.insert(evidence.broadcasts.begin() + 4, lost);
  EXPECT_THAT(Converged(evidence), IsEmpty());
}

TEST(Converged, FindsTwoCheckpointsOfOneSequence) {
  Evidence evidence = Sample();
  evidence.broadcasts[2].checkpoint = "another";
  EXPECT_THAT(Converged(evidence), Says("seq 3 has two checkpoints"));
}

TEST(Converged, FindsABrowserThatLacksHasOrKeepsSomethingElse) {
  Evidence evidence = Sample();
  BrowserState& browser = evidence.browsers[0];
  browser["ann"]["status"] = "stale";
  browser["ghost"] = json::object();
  browser.erase("bo");
  const Flaws flaws = Converged(evidence);
  EXPECT_THAT(flaws, Says("a browser has another user ann"));
  EXPECT_THAT(flaws, Says("a browser has user ghost, who is not there"));
  EXPECT_THAT(flaws, Says("a browser lacks user bo"));
}

}  // namespace
}  // namespace usersync::tests
