#include "store/history_reader.h"

#include "absl/strings/str_cat.h"
#include "store/field_error.h"
#include "store/identifiers.h"
#include "store/version_error.h"
#include "store/version_row.h"

namespace usersync::store {
absl::Status CheckUserId(const std::string& user_id) {
  if (IsUserId(user_id)) return absl::OkStatus();
  return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "user_id",
                      "must be 1 to 128 characters of [A-Za-z0-9_-]", user_id);
}

absl::StatusOr<UserHistory> FindHistory(Session& session, const std::string& user_id) {
  if (auto status = CheckUserId(user_id); !status.ok()) return status;
  const auto rows = session.ExecParams("SELECT id, version FROM users WHERE doc_id = $1", user_id);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) {
    return FieldError(absl::StatusCode::kNotFound, users::v1::ERROR_REASON_USER_NOT_FOUND,
                      "user_id", "", user_id);
  }
  const pqxx::row row = rows->front();
  return UserHistory{row[0].as<int64_t>(), user_id, row[1].as<int32_t>()};
}

absl::StatusOr<users::v1::Version> ReadVersion(Session& session, const UserHistory& history,
                                               int32_t version, absl::string_view field) {
  if (version < 1) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, field, "must be 1 or more",
                        absl::StrCat(version));
  }
  if (version > history.newest) return VersionNotFound(field, version, history.newest);
  const auto found = ReadVersions(session, history, {.above = version - 1, .below = version + 1},
                                  /*count=*/1, /*bytes=*/0);
  if (!found.ok()) return found.status();
  if (found->empty()) return VersionArchived(field);
  return found->front();
}

absl::StatusOr<std::vector<users::v1::Version>> ReadVersions(Session& session,
                                                             const UserHistory& history,
                                                             const VersionRange& range, int count,
                                                             size_t bytes) {
  const auto rows = session.ExecParams(
      absl::StrCat("SELECT ", kVersionColumns,
                   " FROM version v JOIN users u ON u.id = v.object_id WHERE v.object_id = $1 "
                   "AND v.version > $2 AND v.version < $3 ORDER BY v.version ",
                   range.newest_first ? "DESC" : "ASC", " LIMIT $4"),
      history.object_id, range.above, range.below, count);
  if (!rows.ok()) return rows.status();
  std::vector<users::v1::Version> versions;
  size_t total = 0;
  for (const pqxx::row& row : *rows) {
    auto version = ReadVersionRow(row);
    if (!version.ok()) return version.status();
    total += version->ByteSizeLong();
    if (!versions.empty() && total > bytes) break;
    versions.push_back(*std::move(version));
  }
  return versions;
}

}  // namespace usersync::store
