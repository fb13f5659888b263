#include "store/merge.h"

#include "store/field_value.h"
#include "store/timestamp.h"

namespace usersync::store {
namespace {

using users::v1::User;

constexpr char kDeleted[] = "_deleted";

bool IsTime(const DocumentField& field) {
  return field.json_name == "created_at" || field.json_name == "updated_at";
}

users::v1::FieldConflict Dispute(const DocumentField& field, const User* base, const User& mine,
                                 const User& theirs) {
  users::v1::FieldConflict conflict;
  conflict.set_field(field.json_name);
  // `_deleted` is always there: false is a value.
  const bool always = field.json_name == kDeleted;
  if (base != nullptr && (always || IsSet(*base, field))) {
    *conflict.mutable_base() = ValueOf(*base, field);
  }
  if (always || IsSet(mine, field)) *conflict.mutable_mine() = ValueOf(mine, field);
  if (always || IsSet(theirs, field)) *conflict.mutable_theirs() = ValueOf(theirs, field);
  return conflict;
}

bool Differ(const User& a, const User& b) {
  for (const DocumentField& field : DocumentFields()) {
    if (!IsTime(field) && !SameValue(a, b, field)) return true;
  }
  return false;
}

// Whether one side deleted what the other went on editing.
bool DeletesAnEdit(const User& base, const User& mine, const User& theirs) {
  if (base.deleted() || mine.deleted() == theirs.deleted()) return false;
  return Differ(base, mine.deleted() ? theirs : mine);
}

}  // namespace

Merge MergeDocuments(const User* base, const User& mine, const User& theirs) {
  Merge merge;
  merge.document = DocumentOf(theirs);
  if (IsLater(mine.updated_at(), theirs.updated_at())) {
    merge.document.set_updated_at(mine.updated_at());
  }
  const bool delete_against_edit = base != nullptr && DeletesAnEdit(*base, mine, theirs);
  for (const DocumentField& field : DocumentFieldsByName()) {
    if (IsTime(field)) continue;
    const bool mine_changed = base == nullptr || !SameValue(*base, mine, field);
    const bool theirs_changed = base == nullptr || !SameValue(*base, theirs, field);
    const bool in_dispute = (mine_changed && theirs_changed && !SameValue(mine, theirs, field)) ||
                            (delete_against_edit && field.json_name == kDeleted);
    if (in_dispute) merge.conflicts.push_back(Dispute(field, base, mine, theirs));
    if (in_dispute || mine_changed) CopyValue(mine, field, &merge.document);
  }
  return merge;
}

}  // namespace usersync::store
