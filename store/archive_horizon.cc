#include "store/archive_horizon.h"

#include "store/sql_text.h"

namespace usersync::store {
namespace {

constexpr char kHash[] =
    "SELECT coalesce((SELECT hash FROM version WHERE id = $1), "
    "(SELECT substr(t.hashes, (($1::bigint - 1) % 256 * 32 + 1)::integer, 32) "
    "FROM archive a JOIN log_tile t ON t.level = 0 AND t.number = ($1::bigint - 1) / 256 "
    "WHERE a.first_seq <= $1 AND a.last_seq >= $1))";

}  // namespace

absl::StatusOr<int64_t> ReadHorizon(Session& session) {
  const auto rows = session.Exec("SELECT coalesce(max(last_seq), 0) FROM archive");
  if (!rows.ok()) return rows.status();
  return rows->front()[0].as<int64_t>();
}

absl::StatusOr<std::string> ReadVersionHash(Session& session, int64_t sequence) {
  const auto rows = session.ExecParams(kHash, sequence);
  if (!rows.ok()) return rows.status();
  return ParseBytea(rows->front()[0].c_str());
}

}  // namespace usersync::store
