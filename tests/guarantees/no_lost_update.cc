#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/guarantees/guarantees.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

// A field that is missing and one that is null are the same.
json Field(const json& document, const std::string& name) {
  return document.is_object() && document.contains(name) ? document[name] : json();
}

bool SameDocument(const json& a, const json& b) {
  std::set<std::string> names;
  for (const json* document : {&a, &b}) {
    for (const auto& item : document->items()) names.insert(item.key());
  }
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return Field(a, name) == Field(b, name); });
}

constexpr const char* kFields[] = {"email",      "status",     "role",
                                   "created_at", "updated_at", "_deleted"};

bool IsTime(const std::string& name) { return name == "created_at" || name == "updated_at"; }

// Whether one side deleted what the other went on editing: then they disagree about `_deleted`,
// although only one of them touched it.
bool DeletesAnEdit(const json& base, const json& mine, const json& theirs) {
  if (!base.is_object() || base.value("_deleted", false)) return false;
  const bool i_delete = mine.value("_deleted", false);
  if (i_delete == theirs.value("_deleted", false)) return false;
  const json& edit = i_delete ? theirs : mine;
  return std::any_of(std::begin(kFields), std::end(kFields), [&](const std::string& name) {
    return !IsTime(name) && Field(edit, name) != Field(base, name);
  });
}

// What the merge of one field must give. `overlaps` says that both sides disagree about it: as the
// caller knows already, or because they changed it apart.
json Merged(const std::string& name, const json& base, const json& mine, const json& theirs,
            bool& overlaps) {
  if (name == "created_at") return theirs;
  // Tests write all their times in one form, so that text order is time order.
  if (name == "updated_at") return std::max(mine, theirs);
  if (mine == base && !overlaps) return theirs;
  if ((theirs == base && !overlaps) || mine == theirs) return mine;
  overlaps = true;
  return mine;
}

class Judge {
 public:
  Judge(const Evidence& evidence, Flaws& flaws) : history_(evidence.history), flaws_(flaws) {}

  void Check(const Asked& asked, const json& receipt) {
    const VersionRow* const row = history_.Find(receipt.value("seq", int64_t{0}));
    // Durable reports what is missing.
    if (row == nullptr || !row->document) return;
    const VersionRow* const before = history_.Before(*row);
    if (before == nullptr || !before->document) return;
    what_ = absl::StrCat(asked.actor, "'s ", asked.mutation_id, " at seq ", row->seq, ": ");
    if (receipt["outcome"] == "APPLIED") {
      CheckApplied(asked, *before);
    } else {
      CheckMerged(asked, *row, *before);
    }
  }

 private:
  void Flaw(const std::string& text) { flaws_.push_back(what_ + text); }

  void CheckApplied(const Asked& asked, const VersionRow& before) {
    if (!SameDocument(*asked.assumed, *before.document)) {
      Flaw("applied although it assumed something else than what it replaced");
    }
  }

  void CheckMerged(const Asked& asked, const VersionRow& row, const VersionRow& before) {
    bool any_overlap = false;
    const bool deletes_an_edit = DeletesAnEdit(*asked.assumed, asked.document, *before.document);
    for (const std::string name : kFields) {
      bool overlaps = deletes_an_edit && name == "_deleted";
      const json expected = Merged(name, Field(*asked.assumed, name), Field(asked.document, name),
                                   Field(*before.document, name), overlaps);
      any_overlap |= overlaps;
      if (Field(*row.document, name) != expected) {
        Flaw(absl::StrCat(name, " is ", Field(*row.document, name).dump(), ", not ",
                          expected.dump()));
      }
      if (overlaps && !asked.overwrite) Flaw(absl::StrCat(name, " was overwritten unasked"));
    }
    if (!any_overlap) return;
    if (!row.audit) {
      Flaw("what it overwrote is not in the history");
    } else if (!SameDocument(row.audit->value("theirs", json::object()), *before.document)) {
      Flaw("the history names another document than the one it overwrote");
    }
  }

  const History& history_;
  Flaws& flaws_;
  std::string what_;
};

}  // namespace

Flaws NoLostUpdate(const Evidence& evidence) {
  Flaws flaws;
  Judge judge(evidence, flaws);
  for (const Asked& asked : evidence.asked) {
    if (!asked.assumed) continue;
    for (const json& receipt : asked.receipts) {
      const std::string outcome = receipt.value("outcome", "");
      if (outcome == "APPLIED" || outcome == "MERGED") judge.Check(asked, receipt);
    }
  }
  return flaws;
}

}  // namespace usersync::tests
