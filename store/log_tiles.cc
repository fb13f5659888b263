#include "store/log_tiles.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/digest.h"
#include "store/field_error.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

// $1 numbers, $2 roots. The hashes are there already, one level below: they need no way through
// the client.
constexpr char kWriteLeafTiles[] =
    "INSERT INTO log_tile (level, number, root, hashes) "
    "SELECT 0, t.n, t.r, (SELECT string_agg(v.hash, '' ORDER BY v.id) FROM version v "
    "WHERE v.id > t.n * 256 AND v.id <= t.n * 256 + 256) "
    "FROM unnest($1::bigint[], $2::bytea[]) AS t(n, r)";
constexpr char kWriteHigherTiles[] =
    "INSERT INTO log_tile (level, number, root, hashes) "
    "SELECT $3::smallint, t.n, t.r, (SELECT string_agg(b.root, '' ORDER BY b.number) "
    "FROM log_tile b WHERE b.level = $3::smallint - 1 AND b.number >= t.n * 256 "
    "AND b.number < t.n * 256 + 256) "
    "FROM unnest($1::bigint[], $2::bytea[]) AS t(n, r)";

// Tiles beyond these would stand over more versions than a sequence can number.
constexpr int kMostLevel = 7;
constexpr int64_t kMostNumber = int64_t{1} << 54;

constexpr char kFullTile[] = "SELECT hashes FROM log_tile WHERE level = $1 AND number = $2";
// The first hashes of a tile that is not full yet, or not full any more.
constexpr char kLeaves[] =
    "SELECT string_agg(hash, '' ORDER BY id) FROM version WHERE id > $1 AND id <= $1 + 256";
constexpr char kRootsBelow[] =
    "SELECT string_agg(root, '' ORDER BY number) FROM log_tile "
    "WHERE level = $2 AND number >= $1 AND number < $1 + 256";

// Reads tiles, each once.
class TileReader {
 public:
  explicit TileReader(Session& session) : session_(session) {}

  absl::StatusOr<std::string> HashOf(const Subtree& subtree) {
    const int level = subtree.height / kTileHeight;
    const int height = subtree.height % kTileHeight;
    const int64_t first = subtree.index << height;
    auto tile = Read(level, first / kTileWidth);
    if (!tile.ok()) return tile.status();
    std::vector<std::string> hashes;
    for (int64_t i = 0; i < int64_t{1} << height; ++i) {
      const size_t offset = (first % kTileWidth + i) * kDigestBytes;
      if (offset + kDigestBytes > (*tile)->size()) {
        return absl::DataLossError(absl::StrCat("tile ", first / kTileWidth, " of level ", level,
                                                " of the log lacks hashes: verify the database"));
      }
      hashes.push_back((*tile)->substr(offset, kDigestBytes));
    }
    for (; hashes.size() > 1; hashes.resize(hashes.size() / 2)) {
      for (size_t i = 0; i + 1 < hashes.size(); i += 2) {
        hashes[i / 2] = NodeHash(hashes[i], hashes[i + 1]);
      }
    }
    return hashes.front();
  }

  // As much of a tile as there is.
  absl::StatusOr<const std::string*> Read(int level, int64_t number) {
    const auto [tile, is_new] = tiles_.try_emplace({level, number});
    if (!is_new) return &tile->second;
    auto rows = session_.ExecParams(kFullTile, level, number);
    if (rows.ok() && rows->empty()) {
      rows = level == 0 ? session_.ExecParams(kLeaves, number * kTileWidth)
                        : session_.ExecParams(kRootsBelow, number * kTileWidth, level - 1);
    }
    if (!rows.ok()) return rows.status();
    tile->second = ParseBytea(rows->front()[0].c_str());
    return &tile->second;
  }

 private:
  Session& session_;
  std::map<std::pair<int, int64_t>, std::string> tiles_;
};

}  // namespace

absl::Status LogTiles::Prepare(Session& session) {
  if (auto status = session.Prepare("leaf_tiles", kWriteLeafTiles); !status.ok()) return status;
  return session.Prepare("higher_tiles", kWriteHigherTiles);
}

absl::Status LogTiles::Write(Session& session, const std::vector<FullTile>& tiles) {
  std::map<int, std::pair<std::vector<std::string>, std::vector<std::string>>> levels;
  for (const FullTile& tile : tiles) {
    auto& [numbers, roots] = levels[tile.level];
    numbers.push_back(absl::StrCat(tile.number));
    roots.push_back(ByteaLiteral(tile.root));
  }
  // From the bottom: a level is made of what the one below has just got.
  for (const auto& [level, rows] : levels) {
    const std::string numbers = ArrayLiteral(rows.first);
    const std::string roots = ArrayLiteral(rows.second);
    const auto written = level == 0 ? session.ExecPrepared("leaf_tiles", numbers, roots)
                                    : session.ExecPrepared("higher_tiles", numbers, roots, level);
    if (!written.ok()) return written.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<MerkleTree> LogTiles::ReadEdge(Session& session) {
  const auto rows = session.Exec("SELECT size, peaks FROM log_edge");
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::DataLossError("the table log_edge is empty");
  return MerkleTree::Parse(rows->front()[0].as<int64_t>(), ParseBytea(rows->front()[1].c_str()));
}

absl::StatusOr<std::string> LogTiles::ReadRoot(Session& session, int64_t size) {
  if (size == 0) return RootOf({});
  auto roots = ReadRoots(session, {{0, size}});
  if (!roots.ok()) return roots.status();
  return std::move(roots->front());
}

absl::StatusOr<std::vector<std::string>> LogTiles::ReadRoots(Session& session,
                                                             const std::vector<LeafRange>& ranges) {
  TileReader reader(session);
  std::vector<std::string> roots;
  for (const LeafRange& range : ranges) {
    std::vector<std::string> subtrees;
    for (const Subtree& subtree : SubtreesOf(range)) {
      auto hash = reader.HashOf(subtree);
      if (!hash.ok()) return hash.status();
      subtrees.push_back(*std::move(hash));
    }
    roots.push_back(RootOf(subtrees));
  }
  return roots;
}

absl::StatusOr<std::string> LogTiles::ReadTile(Session& session, int level, int64_t number,
                                               int width) {
  const size_t bytes = width * kDigestBytes;
  std::string hashes;
  if (level <= kMostLevel && number <= kMostNumber) {
    const auto tile = TileReader(session).Read(level, number);
    if (!tile.ok()) return tile.status();
    hashes = (*tile)->substr(0, bytes);
  }
  if (hashes.size() == bytes) return hashes;
  return FieldError(absl::StatusCode::kNotFound, users::v1::ERROR_REASON_LOG_TOO_SHORT, "width",
                    absl::StrCat("the tile has ", hashes.size() / kDigestBytes, " hashes so far"));
}

}  // namespace usersync::store
