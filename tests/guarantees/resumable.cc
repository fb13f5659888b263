#include "absl/strings/str_cat.h"
#include "tests/guarantees/guarantees.h"
#include "tests/guarantees/told.h"

namespace usersync::tests {

Flaws Resumable(const Evidence& evidence) {
  Flaws flaws;
  for (const auto& watch : evidence.watches) {
    for (size_t i = 0; i < watch.size(); ++i) {
      if (const std::string difference = Difference(watch[i], evidence.history);
          !difference.empty()) {
        flaws.push_back("a watcher was told " + difference);
      }
      if (i > 0 && watch[i].seq != watch[i - 1].seq + 1) {
        flaws.push_back(absl::StrCat("a watcher that had been told ", watch[i - 1].seq,
                                     " was told ", watch[i].seq, " next"));
      }
    }
  }
  return flaws;
}

}  // namespace usersync::tests
