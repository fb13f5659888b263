#include "store/archive_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/digest.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

// How many tiles, of 8 KiB each, and how many users are read together.
constexpr int64_t kTilesAtOnce = 64;
constexpr int64_t kUsersAtOnce = 10000;

constexpr char kLastVersions[] =
    "SELECT a.object_id, a.seq, a.version, a.hash, "
    "coalesce(substr(t.hashes, ((a.seq - 1) % 256 * 32 + 1)::integer, 32) = a.hash, FALSE) "
    "FROM archived_user a LEFT JOIN log_tile t ON t.level = 0 AND t.number = (a.seq - 1) / 256 "
    "WHERE a.object_id > $1 AND a.object_id <= $2 ORDER BY a.object_id LIMIT $3";

}  // namespace

absl::Status ArchiveCheck::Begin() {
  // drop_archived_partition needs this lock for itself.
  const auto rows = session_.Exec(
      "SELECT pg_advisory_lock_shared(7310003); "
      "SELECT first_seq, last_seq, root FROM archive ORDER BY first_seq");
  if (!rows.ok()) return rows.status();
  for (const pqxx::row& row : *rows) {
    Partition partition{row[0].as<int64_t>(), row[1].as<int64_t>(), ParseBytea(row[2].c_str())};
    if (partition.first != horizon_ + 1 || (partition.last - horizon_) % kTileWidth != 0) {
      tell_(partition.first, 0, "the archived partitions do not follow each other");
      return absl::OkStatus();
    }
    horizon_ = partition.last;
    partitions_.push_back(std::move(partition));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ArchiveCheck::AddLeaves(TreeCheck& tree) {
  const int64_t first = tree.size() / kTileWidth;
  const int64_t end = std::min(first + kTilesAtOnce, horizon_ / kTileWidth);
  if (first >= end) return false;
  const auto rows = session_.ExecParams(
      "SELECT t.hashes FROM generate_series($1::bigint, $2::bigint - 1) n "
      "LEFT JOIN log_tile t ON t.level = 0 AND t.number = n ORDER BY n",
      first, end);
  if (!rows.ok()) return rows.status();
  for (const pqxx::row& row : *rows) {
    // What is missing keeps its place: that the tile is, or is wrong, is told by who compares.
    std::string hashes = row[0].is_null() ? "" : ParseBytea(row[0].c_str());
    hashes.resize(kTileWidth * kDigestBytes);
    for (size_t offset = 0; offset < hashes.size(); offset += kDigestBytes) {
      AddLeaf(hashes.substr(offset, kDigestBytes), tree);
    }
  }
  return end < horizon_ / kTileWidth;
}

void ArchiveCheck::AddLeaf(const std::string& hash, TreeCheck& tree) {
  tree.Append(hash);
  std::vector<FullTile> ignored;
  growing_.Append(hash, &ignored);
  const Partition& partition = partitions_[current_];
  if (tree.size() < partition.last) return;
  if (growing_.Root() != partition.root) {
    tell_(partition.first, 0,
          absl::StrCat("the archived versions up to ", partition.last,
                       " are not those that the log holds"));
  }
  ++current_;
  growing_ = MerkleTree();
}

absl::Status ArchiveCheck::AddUsers(ChainCheck& chain) {
  if (horizon_ == 0) return absl::OkStatus();
  for (int64_t after = chain.first() - 1;;) {
    const auto rows = session_.ExecParams(kLastVersions, after, chain.last(), kUsersAtOnce);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return absl::OkStatus();
    for (const pqxx::row& row : *rows) {
      after = row[0].as<int64_t>();
      ChainCheck::Last last{row[1].as<int64_t>(), row[2].as<int32_t>(), ParseBytea(row[3].c_str())};
      if (!row[4].as<bool>()) {
        tell_(last.sequence, last.version, "the log does not hold this archived version");
      }
      chain.Begin(after, std::move(last));
    }
  }
}

}  // namespace usersync::store
