#include "absl/strings/str_cat.h"
#include "tests/guarantees/guarantees.h"

namespace usersync::tests {

Flaws NoGap(const Evidence& evidence) {
  Flaws flaws;
  int64_t expected = 1;
  for (const VersionRow& row : evidence.history.versions) {
    if (row.seq != expected) {
      flaws.push_back(absl::StrCat("seq ", row.seq, " stands where ", expected, " should"));
    }
    expected = row.seq + 1;
  }
  if (evidence.history.head != expected - 1) {
    flaws.push_back(absl::StrCat("feed.head is ", evidence.history.head, ", the newest version ",
                                 expected - 1));
  }
  for (const auto& watch : evidence.watches) {
    for (size_t i = 1; i < watch.size(); ++i) {
      if (watch[i].seq > watch[i - 1].seq + 1) {
        flaws.push_back(
            absl::StrCat("a watcher was told ", watch[i].seq, " after ", watch[i - 1].seq));
      }
    }
  }
  for (size_t i = 1; i < evidence.broadcasts.size(); ++i) {
    const int64_t before = evidence.broadcasts[i - 1].seq;
    const int64_t seq = evidence.broadcasts[i].seq;
    if (seq > before + 1 && !evidence.history.OnlyErasedBetween(before, seq)) {
      flaws.push_back(absl::StrCat("USERS_BROADCAST holds ", seq, " after ", before));
    }
  }
  return flaws;
}

}  // namespace usersync::tests
