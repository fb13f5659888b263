#include "store/diff.h"

#include "store/field_value.h"

namespace usersync::store {
namespace {

// Whether there is a value to show. `false` of `_deleted` is one.
bool HasValue(const users::v1::User& user, const DocumentField& field) {
  return field.json_name == "_deleted" || IsSet(user, field);
}

}  // namespace

std::vector<users::v1::FieldDiff> Diff(const users::v1::User* before,
                                       const users::v1::User& after) {
  const users::v1::User& base = before == nullptr ? users::v1::User::default_instance() : *before;
  std::vector<users::v1::FieldDiff> diffs;
  for (const DocumentField& field : DocumentFields()) {
    if (SameValue(base, after, field)) continue;
    users::v1::FieldDiff& diff = diffs.emplace_back();
    diff.set_field(field.json_name);
    if (before != nullptr && HasValue(base, field)) *diff.mutable_before() = ValueOf(base, field);
    if (HasValue(after, field)) *diff.mutable_after() = ValueOf(after, field);
  }
  return diffs;
}

}  // namespace usersync::store
