#include "store/archiver.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "store/archive_file.h"
#include "store/log_tiles.h"
#include "store/merkle_tree.h"
#include "store/sql_text.h"
#include "store/stored_version.h"

namespace usersync::store {
namespace {

// How many versions are read together. One can bear five documents of 64 KiB.
constexpr int64_t kPage = 500;
// How often it is tried to drop a partition, and how long readers have in between.
constexpr int kDropTries = 200;
constexpr absl::Duration kDropPause = absl::Milliseconds(300);
// How often a partition is exported again because content was erased meanwhile.
constexpr int kExportTries = 10;

constexpr char kState[] =
    "SELECT (SELECT coalesce(max(last_seq), 0) FROM archive), feed.head, log_edge.size, "
    "(SELECT seq FROM broadcast), "
    "(SELECT min(seq) FROM ledger WHERE outcome IN ('APPLIED', 'MERGED')), feed.epoch "
    "FROM feed, log_edge";

// The last versions, without an order that would have to be kept in memory.
constexpr char kRememberUsers[] =
    "INSERT INTO archived_user (object_id, seq, version, hash, document_digest) "
    "SELECT v.object_id, v.id, v.version, v.hash, sha256(convert_to(v.json::text, 'UTF8')) "
    "FROM version v WHERE v.id > $1 AND v.id <= $2 AND NOT EXISTS (SELECT FROM version w "
    "WHERE w.object_id = v.object_id AND w.version > v.version AND w.id <= $2) "
    "ON CONFLICT (object_id) DO UPDATE SET seq = excluded.seq, version = excluded.version, "
    "hash = excluded.hash, document_digest = excluded.document_digest";

absl::Status NotOfTheLog(int64_t sequence, absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat("sequence ", sequence, ": ", what, "; verify the database"));
}

}  // namespace

Archiver::Archiver(Session& session, Options options)
    : session_(session), options_(std::move(options)) {}

absl::Status Archiver::Begin() {
  const auto rows = session_.Exec("SELECT pg_try_advisory_lock(7310002)");
  if (!rows.ok()) return rows.status();
  if (rows->front()[0].as<bool>()) return absl::OkStatus();
  return absl::FailedPreconditionError("another archiver is at work on this database");
}

absl::StatusOr<ArchiveState> Archiver::ReadState() {
  const auto rows = session_.Exec(kState);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::DataLossError("the table feed or log_edge is empty");
  const pqxx::row row = rows->front();
  ArchiveState state{.horizon = row[0].as<int64_t>(),
                     .head = row[1].as<int64_t>(),
                     .log_size = row[2].as<int64_t>()};
  if (!row[3].is_null()) state.broadcast = row[3].as<int64_t>();
  if (!row[4].is_null()) state.oldest_answer = row[4].as<int64_t>();
  epoch_ = row[5].c_str();
  return state;
}

absl::StatusOr<Archiver::Archived> Archiver::ArchiveAfter(int64_t horizon) {
  for (int i = 0; i < kExportTries; ++i) {
    const auto exported = Export(horizon);
    if (!exported.ok()) return exported.status();
    if (auto begun = session_.Exec("BEGIN"); !begun.ok()) return begun.status();
    absl::Status status = Remember(horizon, *exported);
    auto outcome = status.ok() ? Drop(*exported) : status;
    if (!outcome.ok() || *outcome != "DROPPED") {
      if (!session_.broken()) (void)session_.Exec("ROLLBACK");
      if (!outcome.ok()) return outcome.status();
      if (*outcome == "ERASED") continue;
      return absl::FailedPreconditionError("the bridge has gone back before these versions");
    }
    if (auto committed = session_.Exec("COMMIT"); !committed.ok()) return committed.status();
    return exported->file;
  }
  return absl::UnavailableError("content was erased again and again while it was exported");
}

// Writes the versions of a partition to their file, having recomputed every hash.
absl::StatusOr<Archiver::Exported> Archiver::Export(int64_t horizon) {
  Exported exported;
  exported.file.last = horizon + kPartitionSize;
  exported.file.path = absl::StrCat(options_.directory, "/", epoch_, "-", horizon + 1, "-",
                                    exported.file.last, ".jsonl");
  const auto file = ArchiveFile::Create(exported.file.path);
  if (!file.ok()) return file.status();
  MerkleTree tree;
  std::vector<FullTile> ignored;
  for (int64_t after = horizon; after < exported.file.last;) {
    const auto rows = session_.ExecParams(
        absl::StrCat("SELECT ", kStoredVersionColumns, " FROM ", kStoredVersions,
                     " WHERE v.id > $1 AND v.id <= $2 ORDER BY v.id LIMIT $3"),
        after, exported.file.last, kPage);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return NotOfTheLog(after + 1, "there is no version");
    for (const pqxx::row& row : *rows) {
      const StoredVersion version = ReadStoredVersion(row);
      if (version.record.sequence != ++after) return NotOfTheLog(after, "there is no version");
      const auto flaws = FlawsOf(version);
      if (!flaws.empty()) return NotOfTheLog(after, flaws.front());
      if (auto status = (*file)->AddLine(ExportLine(version)); !status.ok()) return status;
      tree.Append(version.record.hash, &ignored);
      exported.erased += (version.has_body ? 0 : 1) + (version.has_actor ? 0 : 1);
    }
    ignored.clear();
    if (options_.on_progress) options_.on_progress(after, exported.file.last);
  }
  exported.root = tree.Root();
  const auto roots = LogTiles::ReadRoots(session_, {{horizon, exported.file.last}});
  if (!roots.ok()) return roots.status();
  if (roots->front() != exported.root) {
    return NotOfTheLog(horizon + 1, "this partition is not the one that the log holds");
  }
  auto digest = (*file)->Seal();
  if (!digest.ok()) return digest.status();
  if (auto status = PutInPlace(exported.file.path); !status.ok()) return status;
  exported.file.digest = *std::move(digest);
  return exported;
}

absl::Status Archiver::Remember(int64_t horizon, const Exported& exported) {
  const std::string& path = exported.file.path;
  const auto remembered = session_.ExecParams(
      "INSERT INTO archive (first_seq, last_seq, root, file, digest) "
      "VALUES ($1, $2, $3::bytea, $4, $5::bytea)",
      horizon + 1, exported.file.last, ByteaLiteral(exported.root),
      path.substr(path.rfind('/') + 1), ByteaLiteral(exported.file.digest));
  if (!remembered.ok()) return remembered.status();
  return session_.ExecParams(kRememberUsers, horizon, exported.file.last).status();
}

// Returns DROPPED, or why not. Readers are given way to again and again.
absl::StatusOr<std::string> Archiver::Drop(const Exported& exported) {
  for (int i = 0; i < kDropTries; ++i) {
    const auto rows =
        session_.ExecParams("SELECT drop_archived_partition($1, $2, $3)", exported.file.last,
                            exported.erased, options_.wish.without_bridge);
    if (!rows.ok()) return rows.status();
    const std::string outcome = rows->front()[0].c_str();
    if (outcome != "BUSY") return outcome;
    absl::SleepFor(kDropPause);
  }
  return absl::UnavailableError(
      "somebody keeps reading the history for long, to verify it or to back it up: try again "
      "later");
}

}  // namespace usersync::store
