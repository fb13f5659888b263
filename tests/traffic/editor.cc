#include "tests/traffic/editor.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {

using nlohmann::json;

Asked Editor::Edit(const std::string& id, const json& known) {
  Asked asked;
  asked.actor = options_.actor;
  asked.mutation_id = absl::StrCat(options_.actor, "-", options_.seed, "-", ++count_);
  asked.document = Edited(known.is_null() ? MakeDocument(id) : known);
  asked.assumed = known;
  asked.overwrite = Chance(8) == 0;
  return asked;
}

json Editor::KnownAfter(const Asked& asked, const json& receipt) {
  const std::string outcome = receipt.value("outcome", "");
  const bool is_as_asked = outcome == "APPLIED" || outcome == "UNCHANGED";
  return is_as_asked ? asked.document : receipt.value("document", json());
}

json Editor::Edited(json document) {
  const int choice = Chance(20);
  if (choice < 10) {
    document["status"] = absl::StrCat("status ", Chance(1000));
  } else if (choice < 14) {
    document["role"] = absl::StrCat("role ", Chance(1000));
  } else if (choice == 14) {
    document.erase("role");
  } else if (choice < 18) {
    // Few enough that two users want the same address now and then.
    document["email"] = absl::StrCat("Address", Chance(3 * options_.users), "@example.com");
  } else {
    document["_deleted"] = !document["_deleted"].get<bool>();
  }
  document["updated_at"] = MomentText(absl::ToUnixMicros(absl::Now()) % 1000000000000);
  return document;
}

}  // namespace usersync::tests
