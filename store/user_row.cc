#include "store/user_row.h"

#include "store/document_json.h"
#include "store/sql_text.h"

namespace usersync::store {

absl::StatusOr<CurrentUser> ReadUserRow(const pqxx::row& row) {
  auto document = ParseDocument(row[1].c_str());
  if (!document.ok()) return document.status();
  CurrentUser current;
  current.object_id = row[0].as<int64_t>();
  current.user = *std::move(document);
  current.user.set_version(row[2].as<int32_t>());
  current.user.set_sequence(row[3].as<int64_t>());
  current.hash = ParseBytea(row[4].c_str());
  current.erased = row[5].as<bool>();
  SetTimestamp(row[6].as<int64_t>(), current.user.mutable_create_time());
  SetTimestamp(row[7].as<int64_t>(), current.user.mutable_update_time());
  if (!row[8].is_null()) {
    SetTimestamp(row[8].as<int64_t>(), current.user.mutable_delete_time());
  }
  return current;
}

}  // namespace usersync::store
