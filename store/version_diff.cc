#include "store/version_diff.h"

#include "store/diff.h"
#include "store/field_error.h"
#include "store/history_reader.h"

namespace usersync::store {
namespace {

absl::StatusOr<users::v1::User> ReadState(Session& session, const UserHistory& history,
                                          int32_t number, absl::string_view field) {
  auto version = ReadVersion(session, history, number, field);
  if (!version.ok()) return version.status();
  if (!version->has_user()) {
    return InvalidField(users::v1::ERROR_REASON_USER_ERASED, field,
                        "the content of this version is gone");
  }
  return std::move(*version->mutable_user());
}

}  // namespace

absl::StatusOr<users::v1::DiffVersionsResponse> ReadDiff(
    Session& session, const users::v1::DiffVersionsRequest& request) {
  const auto history = FindHistory(session, request.user_id());
  if (!history.ok()) return history.status();
  const int32_t to = request.to_version() == 0 ? history->newest : request.to_version();
  const auto after = ReadState(session, *history, to, "to_version");
  if (!after.ok()) return after.status();
  std::vector<users::v1::FieldDiff> diffs;
  if (request.from_version() == 0) {
    diffs = Diff(nullptr, *after);
  } else {
    const auto before = ReadState(session, *history, request.from_version(), "from_version");
    if (!before.ok()) return before.status();
    diffs = Diff(&*before, *after);
  }
  users::v1::DiffVersionsResponse response;
  *response.mutable_diffs() = {diffs.begin(), diffs.end()};
  return response;
}

}  // namespace usersync::store
