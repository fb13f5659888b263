#include "absl/strings/str_cat.h"
#include "tests/guarantees/guarantees.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

void CheckWatches(const Evidence& evidence, Flaws& flaws) {
  for (const auto& watch : evidence.watches) {
    for (size_t i = 1; i < watch.size(); ++i) {
      if (watch[i].seq <= watch[i - 1].seq) {
        flaws.push_back(
            absl::StrCat("a watcher was told ", watch[i].seq, " after ", watch[i - 1].seq));
      }
    }
  }
}

void CheckTimes(const History& history, Flaws& flaws) {
  int64_t last = 0;
  for (const VersionRow& row : history.versions) {
    if (row.committed_at < last) flaws.push_back(absl::StrCat("time goes back at seq ", row.seq));
    last = row.committed_at;
  }
  if (last > history.last_at) flaws.push_back("feed.last_at is before the newest version");
}

// Each plain version of an author must be found in what was published, later than the one before.
// What was published and is not there did not reach the server, or changed nothing.
void CheckPlain(const History& history, const std::string& actor,
                const std::vector<json>& published, Flaws& flaws) {
  size_t next = 0;
  for (const VersionRow& row : history.versions) {
    if (row.actor != actor || !row.is_plain() || !row.document) continue;
    const size_t from = next;
    while (next < published.size() && published[next] != *row.document) ++next;
    if (next == published.size()) {
      flaws.push_back(
          absl::StrCat(actor, "'s plain document at seq ", row.seq,
                       " was not published, or before the one that took effect before it: ",
                       row.document->dump()));
      next = from;
    } else {
      ++next;
    }
  }
}

}  // namespace

Flaws Ordered(const Evidence& evidence) {
  Flaws flaws;
  CheckWatches(evidence, flaws);
  CheckTimes(evidence.history, flaws);
  for (const auto& [actor, published] : evidence.plain) {
    CheckPlain(evidence.history, actor, published, flaws);
  }
  return flaws;
}

}  // namespace usersync::tests
