#include "store/change_filter.h"

#include "absl/strings/str_cat.h"
#include "store/field_error.h"
#include "store/identifiers.h"

namespace usersync::store {
namespace {

constexpr int kMostNames = 1000;

absl::Status CheckCount(int count, absl::string_view field) {
  if (count <= kMostNames) return absl::OkStatus();
  return InvalidField(users::v1::ERROR_REASON_TOO_LARGE, field,
                      absl::StrCat("must be at most ", kMostNames));
}

absl::Status CheckUserIds(const users::v1::ChangeFilter& filter) {
  for (const std::string& id : filter.user_ids()) {
    if (IsUserId(id)) continue;
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "filter.user_ids",
                        "must be 1 to 128 characters of [A-Za-z0-9_-] each", id);
  }
  return absl::OkStatus();
}

absl::Status CheckActions(const users::v1::ChangeFilter& filter) {
  for (const int action : filter.actions()) {
    if (users::v1::Action_IsValid(action) && action != users::v1::ACTION_UNSPECIFIED) continue;
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "filter.actions",
                        "must be actions that the schema knows", absl::StrCat(action));
  }
  return absl::OkStatus();
}

// An adopted history may have actors of any form.
absl::Status CheckActors(const users::v1::ChangeFilter& filter) {
  for (const std::string& actor : filter.actors()) {
    if (!actor.empty()) continue;
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "filter.actors",
                        "must be names of actors");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ChangeFilter> ChangeFilter::From(const users::v1::ChangeFilter& filter) {
  for (const absl::Status& status :
       {CheckCount(filter.user_ids_size(), "filter.user_ids"),
        CheckCount(filter.actors_size(), "filter.actors"), CheckUserIds(filter),
        CheckActions(filter), CheckActors(filter)}) {
    if (!status.ok()) return status;
  }
  ChangeFilter chosen;
  chosen.user_ids_.insert(filter.user_ids().begin(), filter.user_ids().end());
  chosen.actions_.insert(filter.actions().begin(), filter.actions().end());
  chosen.actors_.insert(filter.actors().begin(), filter.actors().end());
  return chosen;
}

bool ChangeFilter::Chooses(const users::v1::Version& version) const {
  return (user_ids_.empty() || user_ids_.contains(version.user_id())) &&
         (actions_.empty() || actions_.contains(version.action())) &&
         (actors_.empty() || actors_.contains(version.actor()));
}

std::vector<ChangePointer> ChangeFilter::Choose(const std::vector<ChangePointer>& page) const {
  std::vector<ChangePointer> chosen;
  for (const ChangePointer& change : page) {
    if (Chooses(change->version())) chosen.push_back(change);
  }
  return chosen;
}

}  // namespace usersync::store
