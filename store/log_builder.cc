#include "store/log_builder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "store/digest.h"
#include "store/log_tiles.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

// How many versions one step takes: 2 MiB of hashes.
constexpr int64_t kStep = 1 << 16;

absl::Status Missing(int64_t after) {
  return absl::DataLossError(
      absl::StrCat("a version is missing after ", after, ": the log cannot be built"));
}

absl::Status Extend(Session& session, MerkleTree& tree, int64_t until) {
  const auto rows = session.ExecParams(
      "SELECT string_agg(hash, '' ORDER BY id) FROM version WHERE id > $1 AND id <= $2",
      tree.size(), until);
  if (!rows.ok()) return rows.status();
  const std::string hashes = ParseBytea(rows->front()[0].c_str());
  if (static_cast<int64_t>(hashes.size() / kDigestBytes) != until - tree.size()) {
    return Missing(tree.size());
  }
  std::vector<FullTile> tiles;
  for (size_t offset = 0; offset < hashes.size(); offset += kDigestBytes) {
    tree.Append(absl::string_view(hashes).substr(offset, kDigestBytes), &tiles);
  }
  // To declare a statement again does nothing.
  if (auto status = LogTiles::Prepare(session); !status.ok()) return status;
  if (auto status = LogTiles::Write(session, tiles); !status.ok()) return status;
  return session
      .ExecParams("UPDATE log_edge SET size = $1, peaks = $2", tree.size(),
                  ByteaLiteral(tree.peaks()))
      .status();
}

}  // namespace

absl::StatusOr<bool> LogBuilder::Step(Session& session) {
  // Locks like a writer.
  const auto rows = session.Exec("SELECT 1 FROM feed FOR UPDATE; SELECT head FROM feed");
  if (!rows.ok()) return rows.status();
  const int64_t head = rows->front()[0].as<int64_t>();
  auto tree = LogTiles::ReadEdge(session);
  if (!tree.ok()) return tree.status();
  if (tree->size() > head) {
    return absl::FailedPreconditionError(
        absl::StrCat("the log holds ", tree->size(), " versions, the history ", head,
                     ": versions were cut off; verify the database"));
  }
  if (tree->size() == head) return false;
  const int64_t until = std::min(head, tree->size() + kStep);
  if (auto status = Extend(session, *tree, until); !status.ok()) return status;
  spdlog::info("the log was extended to {} of {} versions", until, head);
  return until < head;
}

absl::Status LogBuilder::CatchUp(Session& session) {
  // Mostly nothing is missing, and then nobody waits for a lock.
  const auto rows = session.Exec("SELECT feed.head = log_edge.size FROM feed, log_edge");
  if (!rows.ok()) return rows.status();
  if (!rows->empty() && rows->front()[0].as<bool>()) return absl::OkStatus();
  while (true) {
    if (auto begun = session.Exec("BEGIN"); !begun.ok()) return begun.status();
    const auto more = Step(session);
    if (!more.ok()) {
      if (!session.broken()) (void)session.Exec("ROLLBACK");
      return more.status();
    }
    if (auto committed = session.Exec("COMMIT"); !committed.ok()) return committed.status();
    if (!*more) return absl::OkStatus();
  }
}

}  // namespace usersync::store
