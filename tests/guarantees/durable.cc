#include "absl/strings/str_cat.h"
#include "tests/guarantees/guarantees.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

void Check(const History& history, const Asked& asked, const json& receipt, Flaws& flaws) {
  const std::string outcome = receipt.value("outcome", "");
  if (outcome != "APPLIED" && outcome != "MERGED") return;
  const int64_t seq = receipt.value("seq", int64_t{0});
  const auto flaw = [&](const std::string& what) {
    flaws.push_back(absl::StrCat(outcome, " receipt of ", asked.actor, "'s ", asked.mutation_id,
                                 " for seq ", seq, ": ", what));
  };
  const VersionRow* const row = history.Find(seq);
  if (row == nullptr) return flaw("no such version");
  if (row->version != receipt.value("version", 0)) flaw("another version number");
  if (row->actor && row->actor != asked.actor) flaw("the version is another actor's");
  if (!row->document) return;
  if (row->mutation_id != asked.mutation_id) flaw("the version answers another mutation");
  const json& promised = outcome == "MERGED" ? receipt["document"] : asked.document;
  if (*row->document != promised) flaw("the version holds another document");
}

}  // namespace

Flaws Durable(const Evidence& evidence) {
  Flaws flaws;
  for (const Asked& asked : evidence.asked) {
    for (const json& receipt : asked.receipts) Check(evidence.history, asked, receipt, flaws);
  }
  return flaws;
}

}  // namespace usersync::tests
