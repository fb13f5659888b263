#include "store/snapshot_reader.h"

#include "absl/strings/str_cat.h"
#include "store/checkpoint.h"
#include "store/sql_text.h"
#include "store/user_row.h"

namespace usersync::store {
namespace {

constexpr int kPageCount = 500;
// A page is cut here, but holds at least one user: what a watcher who does not read may keep in
// memory.
constexpr size_t kPageBytes = 256 << 10;

}  // namespace

absl::StatusOr<SnapshotReader::Page> SnapshotReader::Next(Session& session) {
  const auto rows =
      session.ExecParams(absl::StrCat("SELECT ", kUserColumns,
                                      " FROM users WHERE seq > $1 AND seq <= $2 AND NOT deleted "
                                      "AND ($3 OR doc_id = ANY($4::text[])) ORDER BY seq LIMIT $5"),
                         after_, end_, user_ids_.empty(), ArrayLiteral(user_ids_), kPageCount);
  if (!rows.ok()) return rows.status();
  Page page;
  size_t bytes = 0;
  for (const pqxx::row& row : *rows) {
    auto current = ReadUserRow(row);
    if (!current.ok()) return current.status();
    bytes += current->user.ByteSizeLong();
    if (!page.users.users().empty() && bytes > kPageBytes) break;
    page.checkpoint = Encode(CheckpointOf(epoch_, current->user.sequence(), current->hash));
    *page.users.add_users() = std::move(current->user);
  }
  if (page.users.users().empty()) return page;
  after_ = page.users.users().rbegin()->sequence();
  user_count_ += page.users.users_size();
  return page;
}

}  // namespace usersync::store
