#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/guarantees/guarantees.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

// What took effect of an author's plain documents, in order.
std::vector<json> PlainVersions(const History& history, const std::string& actor) {
  std::vector<json> versions;
  for (const VersionRow& row : history.versions) {
    if (row.actor == actor && row.is_plain() && row.document) versions.push_back(*row.document);
  }
  return versions;
}

}  // namespace

Flaws Complete(const Evidence& evidence) {
  Flaws flaws;
  for (const auto& [actor, published] : evidence.plain) {
    const std::vector<json> versions = PlainVersions(evidence.history, actor);
    if (versions.size() != published.size()) {
      flaws.push_back(absl::StrCat(actor, " published ", published.size(), ", and ",
                                   versions.size(), " took effect"));
    }
    const auto [missed, other] =
        std::mismatch(published.begin(), published.end(), versions.begin(), versions.end());
    if (missed != published.end()) {
      flaws.push_back(
          absl::StrCat(actor, "'s document ", missed - published.begin(),
                       " is the first not to take effect in its turn: ", missed->dump()));
    }
  }
  return flaws;
}

}  // namespace usersync::tests
