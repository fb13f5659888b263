#include "store/merge.h"

#include <string>

#include "absl/strings/string_view.h"
#include "store/field_value.h"

namespace usersync::store {
namespace {

using users::v1::User;

bool IsTimestamp(const DocumentField& field) {
  return field.json_name == "created_at" || field.json_name == "updated_at";
}

users::v1::FieldConflict Dispute(const DocumentField& field, const User* base, const User& mine,
                                 const User& theirs) {
  users::v1::FieldConflict conflict;
  conflict.set_field(field.json_name);
  // `_deleted` is always there: false is a value.
  const bool always = field.json_name == "_deleted";
  if (base != nullptr && (always || IsSet(*base, field))) {
    *conflict.mutable_base() = ValueOf(*base, field);
  }
  if (always || IsSet(mine, field)) *conflict.mutable_mine() = ValueOf(mine, field);
  if (always || IsSet(theirs, field)) *conflict.mutable_theirs() = ValueOf(theirs, field);
  return conflict;
}

bool Differ(const User& a, const User& b) {
  for (const DocumentField& field : DocumentFields()) {
    if (!IsTimestamp(field) && !SameValue(a, b, field)) return true;
  }
  return false;
}

// Whether one side deleted what the other went on editing.
bool DeletesAnEdit(const User& base, const User& mine, const User& theirs) {
  if (mine.deleted() == theirs.deleted()) return false;
  const User& living = mine.deleted() ? theirs : mine;
  const User& deleted = mine.deleted() ? mine : theirs;
  if (base.deleted()) return false;
  return deleted.deleted() && Differ(base, living);
}

// Seconds part, then the fraction without trailing zeros: comparable as text.
std::pair<absl::string_view, absl::string_view> Parts(absl::string_view time) {
  absl::string_view fraction = time.substr(19);
  if (!fraction.empty()) fraction.remove_suffix(1);
  while (!fraction.empty() && (fraction.back() == '0' || fraction == ".")) {
    fraction.remove_suffix(1);
  }
  return {time.substr(0, 19), fraction};
}

}  // namespace

bool IsLater(const std::string& a, const std::string& b) {
  if (a.size() < 20 || b.size() < 20) return a > b;
  return Parts(a) > Parts(b);
}

Merge MergeDocuments(const User* base, const User& mine, const User& theirs) {
  Merge merge;
  merge.document = DocumentOf(theirs);
  const bool delete_against_edit = base != nullptr && DeletesAnEdit(*base, mine, theirs);
  for (const DocumentField& field : DocumentFields()) {
    if (field.json_name == "updated_at") {
      if (IsLater(mine.updated_at(), theirs.updated_at())) {
        merge.document.set_updated_at(mine.updated_at());
      }
      continue;
    }
    if (field.json_name == "created_at") continue;
    const bool mine_changed = base == nullptr || !SameValue(*base, mine, field);
    const bool theirs_changed = base == nullptr || !SameValue(*base, theirs, field);
    const bool disputed = mine_changed && theirs_changed && !SameValue(mine, theirs, field);
    if (disputed || (delete_against_edit && field.json_name == "_deleted")) {
      merge.conflicts.push_back(Dispute(field, base, mine, theirs));
    }
    if (disputed || mine_changed || (delete_against_edit && field.json_name == "_deleted")) {
      CopyValue(mine, field, &merge.document);
    }
  }
  return merge;
}

}  // namespace usersync::store
