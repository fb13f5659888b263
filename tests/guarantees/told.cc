#include "tests/guarantees/told.h"

#include "absl/strings/str_cat.h"

namespace usersync::tests {

std::string Difference(const Told& told, const History& history) {
  const auto differs = [&](const std::string& what) {
    return absl::StrCat("seq ", told.seq, ": ", what);
  };
  const VersionRow* const row = history.Find(told.seq);
  if (row == nullptr) return differs("is no version");
  if (told.epoch != history.epoch) return differs("another epoch");
  if (told.checkpoint.empty()) return differs("no checkpoint");
  if (told.version != row->version) return differs("another version number");
  if (told.action != row->action) return differs("another action");
  if (row->actor && told.actor != *row->actor) return differs("another actor");
  if (!row->document) return "";
  if (row->mutation_id && told.mutation_id != *row->mutation_id) {
    return differs("another mutation");
  }
  if (told.document != *row->document) {
    return differs("another document: " + told.document.dump());
  }
  return "";
}

}  // namespace usersync::tests
