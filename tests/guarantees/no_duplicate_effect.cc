#include <set>

#include "absl/strings/str_cat.h"
#include "tests/guarantees/guarantees.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

// What may not differ between a receipt and the same receipt again.
json Answer(const json& receipt) {
  json answer = json::object();
  for (const char* key : {"outcome", "seq", "version"}) {
    if (receipt.contains(key)) answer[key] = receipt[key];
  }
  return answer;
}

}  // namespace

Flaws NoDuplicateEffect(const Evidence& evidence) {
  Flaws flaws;
  std::set<std::pair<std::string, std::string>> seen;
  for (const VersionRow& row : evidence.history.versions) {
    // Adopted versions and erased ones have no mutation.
    if (!row.actor || !row.mutation_id || row.mutation_id->empty()) continue;
    if (!seen.emplace(*row.actor, *row.mutation_id).second) {
      flaws.push_back(absl::StrCat("seq ", row.seq, " is a second version of ", *row.actor,
                                   "'s mutation ", *row.mutation_id));
    }
  }
  for (const Asked& asked : evidence.asked) {
    for (const json& receipt : asked.receipts) {
      if (Answer(receipt) != Answer(asked.receipts.front())) {
        flaws.push_back(absl::StrCat(asked.actor, "'s mutation ", asked.mutation_id,
                                     " was answered ", asked.receipts.front().dump(), " and ",
                                     receipt.dump()));
      }
    }
  }
  return flaws;
}

}  // namespace usersync::tests
