#include "store/tree_check.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/digest.h"
#include "store/sql_text.h"

namespace usersync::store {

TreeCheck::TreeCheck(std::vector<LogHead> heads) : heads_(std::move(heads)) {
  std::sort(heads_.begin(), heads_.end(),
            [](const LogHead& left, const LogHead& right) { return left.size < right.size; });
}

void TreeCheck::Append(const std::string& hash) {
  std::vector<FullTile> full;
  tree_.Append(hash, &full);
  growing_[0].append(hash);
  for (FullTile& tile : full) {
    const size_t above = tile.level + 1;
    if (growing_.size() <= above) growing_.resize(above + 1);
    growing_[above].append(tile.root);
    const std::string hashes = std::exchange(growing_[tile.level], "");
    completed_.push_back({std::move(tile), Sha256(hashes)});
  }
  for (; next_head_ < heads_.size() && heads_[next_head_].size <= tree_.size(); ++next_head_) {
    const LogHead& head = heads_[next_head_];
    if (head.size == tree_.size() && head.root != tree_.Root()) {
      flaws_.push_back(
          absl::StrCat("the first ", head.size, " versions are not those whose head was signed"));
    }
  }
}

absl::Status TreeCheck::CompareTiles(Session& session) {
  std::map<int, std::vector<std::string>> numbers;
  for (const Tile& tile : completed_) {
    numbers[tile.tile.level].push_back(absl::StrCat(tile.tile.number));
  }
  std::map<std::pair<int, int64_t>, std::pair<std::string, std::string>> stored;
  for (const auto& [level, wanted] : numbers) {
    const auto rows = session.ExecParams(
        "SELECT number, root, sha256(hashes) FROM log_tile "
        "WHERE level = $1 AND number = ANY($2::bigint[])",
        level, ArrayLiteral(wanted));
    if (!rows.ok()) return rows.status();
    for (const pqxx::row& row : *rows) {
      stored[{level, row[0].as<int64_t>()}] = {ParseBytea(row[1].c_str()),
                                               ParseBytea(row[2].c_str())};
    }
  }
  for (const Tile& tile : completed_) {
    const auto found = stored.find({tile.tile.level, tile.tile.number});
    const std::string name = absl::StrCat("tile ", tile.tile.number, " of level ", tile.tile.level);
    if (found == stored.end()) {
      flaws_.push_back(name + " is missing");
    } else if (found->second != std::pair(tile.tile.root, tile.digest)) {
      flaws_.push_back(name + " does not hold the hashes of its versions");
    }
  }
  completed_.clear();
  return absl::OkStatus();
}

void TreeCheck::End(const MerkleTree& edge) {
  if (edge.size() != tree_.size()) {
    flaws_.push_back(absl::StrCat("the log's right edge is of ", edge.size(),
                                  " versions; there are ", tree_.size()));
  } else if (edge.peaks() != tree_.peaks()) {
    flaws_.push_back("the log's right edge is not that of its versions");
  }
  if (next_head_ < heads_.size()) {
    flaws_.push_back(absl::StrCat("a head of ", heads_.back().size,
                                  " versions was signed, and only the first ", tree_.size(),
                                  " are there: the rest was cut off"));
  }
}

std::vector<std::string> TreeCheck::TakeFlaws() { return std::exchange(flaws_, {}); }

}  // namespace usersync::store
