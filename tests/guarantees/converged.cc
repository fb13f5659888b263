#include <set>

#include "absl/strings/str_cat.h"
#include "tests/guarantees/guarantees.h"
#include "tests/guarantees/told.h"

namespace usersync::tests {
namespace {

// A database that was restored tells its new history after the lost one: what goes back to an
// earlier sequence replaces everything from there on.
std::vector<Told> AsReadersSeeIt(const std::vector<Told>& stream) {
  std::vector<Told> seen;
  for (const Told& told : stream) {
    while (!seen.empty() && seen.back().seq >= told.seq) seen.pop_back();
    seen.push_back(told);
  }
  return seen;
}

void CheckBroadcasts(const Evidence& evidence, Flaws& flaws) {
  const std::vector<Told> seen = AsReadersSeeIt(evidence.broadcasts);
  const int64_t last = seen.empty() ? 0 : seen.back().seq;
  if (last != evidence.history.head) {
    flaws.push_back(absl::StrCat("USERS_BROADCAST ends with ", last, ", the feed with ",
                                 evidence.history.head));
  }
  for (size_t i = 0; i < seen.size(); ++i) {
    if (const std::string difference = Difference(seen[i], evidence.history); !difference.empty()) {
      flaws.push_back("USERS_BROADCAST holds " + difference);
    }
    if (i > 0 && !evidence.history.OnlyErasedBetween(seen[i - 1].seq, seen[i].seq)) {
      flaws.push_back(
          absl::StrCat("USERS_BROADCAST holds ", seen[i].seq, " after ", seen[i - 1].seq));
    }
  }
}

// A history that follows a lost one has other checkpoints, so nothing is ever told twice.
void CheckRepeats(const Evidence& evidence, Flaws& flaws) {
  std::set<std::string> checkpoints;
  for (const Told& told : evidence.broadcasts) {
    if (checkpoints.insert(told.checkpoint).second) continue;
    flaws.push_back(absl::StrCat("USERS_BROADCAST holds ", told.seq, " twice"));
  }
}

// The checkpoint of a sequence is the same string for everybody.
void CheckCheckpoints(const Evidence& evidence, Flaws& flaws) {
  std::map<int64_t, std::string> known;
  for (const Told& told : AsReadersSeeIt(evidence.broadcasts)) known[told.seq] = told.checkpoint;
  for (const auto& watch : evidence.watches) {
    for (const Told& told : watch) {
      const auto found = known.find(told.seq);
      if (found != known.end() && found->second != told.checkpoint) {
        flaws.push_back(absl::StrCat("seq ", told.seq, " has two checkpoints"));
      }
    }
  }
}

void CheckBrowser(const History& history, const BrowserState& browser, Flaws& flaws) {
  for (const UserRow& user : history.users) {
    const auto found = browser.find(user.doc_id);
    if (found == browser.end()) {
      flaws.push_back(absl::StrCat("a browser lacks user ", user.doc_id));
    } else if (found->second != user.document) {
      flaws.push_back(absl::StrCat("a browser has another user ", user.doc_id, ": ",
                                   found->second.dump(), ", not ", user.document.dump()));
    }
  }
  for (const auto& [id, document] : browser) {
    if (history.FindUser(id) == nullptr) {
      flaws.push_back(absl::StrCat("a browser has user ", id, ", who is not there"));
    }
  }
}

}  // namespace

Flaws Converged(const Evidence& evidence) {
  Flaws flaws;
  CheckBroadcasts(evidence, flaws);
  CheckRepeats(evidence, flaws);
  CheckCheckpoints(evidence, flaws);
  for (const BrowserState& browser : evidence.browsers) {
    CheckBrowser(evidence.history, browser, flaws);
  }
  return flaws;
}

}  // namespace usersync::tests
