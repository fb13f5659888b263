#include "store/history_verifier.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/address_check.h"
#include "store/digest.h"
#include "store/field_error.h"
#include "store/log_tiles.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

// How many rows are looked at together. A version can bear five documents of 64 KiB.
constexpr int64_t kPage = 500;
// How many users are followed in one pass over the versions.
constexpr int64_t kUsersAtOnce = 1 << 20;

// The last archived version of the only user that `chain` follows, as far as it is known.
VersionRecord LastArchived(const ChainCheck& chain) {
  VersionRecord record;
  if (chain.rest().empty()) return record;
  const ChainCheck::Last& last = chain.rest().begin()->second;
  record.sequence = last.sequence;
  record.version = last.version;
  record.hash = last.hash;
  return record;
}

}  // namespace

HistoryVerifier::HistoryVerifier(Session& session, Listener& listener)
    : session_(session),
      listener_(listener),
      archive_(session, [this](int64_t sequence, int32_t version, const std::string& text) {
        Flaw(sequence, "", version, text);
      }) {}

void HistoryVerifier::Flaw(int64_t sequence, const std::string& user_id, int32_t version,
                           const std::string& description) {
  users::v1::HistoryFlaw flaw;
  flaw.set_sequence(sequence);
  flaw.set_user_id(user_id);
  flaw.set_version(version);
  flaw.set_description(description);
  listener_.OnFlaw(flaw);
}

absl::Status HistoryVerifier::Progress(int64_t checked) {
  if (listener_.OnProgress(checked, total_)) return absl::OkStatus();
  return absl::CancelledError("nobody waits for the verification any more");
}

void HistoryVerifier::Tell(TreeCheck& tree) {
  for (const std::string& flaw : tree.TakeFlaws()) Flaw(tree.size(), "", 0, flaw);
}

absl::StatusOr<MerkleTree> HistoryVerifier::ReadHeads() {
  // Pages are found by their index: a plan for a small table would scan a large one.
  if (auto set = session_.Exec("SET enable_seqscan = off; SET enable_hashjoin = off; "
                               "SET enable_mergejoin = off; SET jit = off");
      !set.ok()) {
    return set.status();
  }
  if (auto status = archive_.Begin(); !status.ok()) return status;
  const auto rows = session_.Exec(
      "SELECT feed.head, coalesce((SELECT max(id) FROM version), 0), "
      "coalesce((SELECT max(id) FROM users), 0), log_edge.size, log_edge.peaks "
      "FROM feed, log_edge");
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::DataLossError("the table feed or log_edge is empty");
  const pqxx::row row = rows->front();
  head_ = row[0].as<int64_t>();
  total_ = row[1].as<int64_t>();
  most_user_ = row[2].as<int64_t>();
  if (head_ != total_) {
    Flaw(std::min(head_, total_), "", 0,
         absl::StrCat("the feed's head is ", head_, ", and the last version is ", total_));
  }
  auto edge = MerkleTree::Parse(row[3].as<int64_t>(), ParseBytea(row[4].c_str()));
  if (edge.ok()) return edge;
  Flaw(total_, "", 0, std::string(edge.status().message()));
  return MerkleTree();
}

absl::Status HistoryVerifier::VerifyAll(std::vector<LogHead> heads) {
  const auto edge = ReadHeads();
  if (!edge.ok()) return edge.status();
  TreeCheck tree(std::move(heads));
  if (auto status = VerifyArchive(tree); !status.ok()) return status;
  for (int64_t first = 1; first == 1 || first <= most_user_; first += kUsersAtOnce) {
    ChainCheck chain(first, first + kUsersAtOnce - 1);
    if (auto begun = archive_.AddUsers(chain); !begun.ok()) return begun;
    const absl::Status status =
        first == 1 ? VerifyVersions(*edge, tree, chain) : VerifyChain(chain);
    if (!status.ok()) return status;
    if (auto checked = VerifyUsers(chain); !checked.ok()) return checked;
  }
  return VerifyAddresses();
}

absl::Status HistoryVerifier::VerifyArchive(TreeCheck& tree) {
  for (bool more = archive_.horizon() > 0; more;) {
    const auto added = archive_.AddLeaves(tree);
    if (!added.ok()) return added.status();
    more = *added;
    if (auto status = tree.CompareTiles(session_); !status.ok()) return status;
    Tell(tree);
    if (auto status = Progress(tree.size()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status HistoryVerifier::VerifyVersions(const MerkleTree& edge, TreeCheck& tree,
                                             ChainCheck& chain) {
  position_ = archive_.horizon();
  while (position_ < total_) {
    const int64_t last = std::min(position_ + kPage, total_);
    if (auto status = VerifyPage(last, tree, chain); !status.ok()) return status;
    if (auto status = tree.CompareTiles(session_); !status.ok()) return status;
    Tell(tree);
    if (auto status = Progress(position_); !status.ok()) return status;
  }
  tree.End(edge);
  Tell(tree);
  return absl::OkStatus();
}

// The versions up to `last`.
absl::Status HistoryVerifier::VerifyPage(int64_t last, TreeCheck& tree, ChainCheck& chain) {
  const auto rows =
      session_.ExecParams(absl::StrCat("SELECT ", kStoredVersionColumns, " FROM ", kStoredVersions,
                                       " WHERE v.id > $1 AND v.id <= $2 ORDER BY v.id"),
                          position_, last);
  if (!rows.ok()) return rows.status();
  for (const pqxx::row& row : *rows) {
    const StoredVersion version = ReadStoredVersion(row);
    SkipTo(version.record.sequence, tree);
    position_ = version.record.sequence;
    CheckVersion(version, chain);
    tree.Append(version.record.hash);
  }
  SkipTo(last + 1, tree);
  return absl::OkStatus();
}

// What is missing before `sequence` keeps its place in the tree, so that only what covers it is
// told to be wrong.
void HistoryVerifier::SkipTo(int64_t sequence, TreeCheck& tree) {
  if (sequence == position_ + 1) return;
  Flaw(position_ + 1, "", 0,
       absl::StrCat("no version has the sequences ", position_ + 1, " to ", sequence - 1));
  for (; position_ + 1 < sequence; ++position_) tree.Append(std::string(kDigestBytes, '\0'));
}

void HistoryVerifier::CheckVersion(const StoredVersion& version, ChainCheck& chain) {
  const VersionRecord& record = version.record;
  const auto tell = [&](const std::string& text) {
    Flaw(record.sequence, version.user_id, record.version, text);
  };
  for (const std::string& flaw : FlawsOf(version)) tell(flaw);
  if (const std::string flaw = chain.Add(record); !flaw.empty()) tell(flaw);
  if (version.user_id.empty()) {
    tell("belongs to no user");
  } else if (version.has_body && record.document.id() != version.user_id) {
    tell("is of another user's document");
  }
}

// A further pass over the versions, for the users that the first one had no room for.
absl::Status HistoryVerifier::VerifyChain(ChainCheck& chain) {
  for (int64_t after = archive_.horizon(); after < total_; after += kPage) {
    const auto rows = session_.ExecParams(
        "SELECT id, object_id, version, prev_hash, hash FROM version "
        "WHERE id > $1 AND id <= $2 ORDER BY id",
        after, std::min(after + kPage, total_));
    if (!rows.ok()) return rows.status();
    for (const pqxx::row& row : *rows) {
      VersionRecord record;
      record.sequence = row[0].as<int64_t>();
      record.object_id = row[1].as<int64_t>();
      record.version = row[2].as<int32_t>();
      record.previous_hash = ParseBytea(row[3].c_str());
      record.hash = ParseBytea(row[4].c_str());
      const std::string flaw = chain.Add(record);
      if (!flaw.empty()) Flaw(record.sequence, "", record.version, flaw);
    }
    if (auto status = Progress(total_); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status HistoryVerifier::VerifyUsers(ChainCheck& chain) {
  for (int64_t after = chain.first() - 1;;) {
    const auto rows = session_.ExecParams(
        absl::StrCat(kCheckedUsers, "WHERE u.id > $1 AND u.id <= $2 ORDER BY u.id LIMIT $3"), after,
        chain.last(), kPage);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) break;
    for (const pqxx::row& row : *rows) CheckUser(ReadCheckedUser(row), chain);
    after = rows->back()[0].as<int64_t>();
    if (auto status = Progress(total_); !status.ok()) return status;
  }
  for (const auto& [object_id, last] : chain.rest()) {
    Flaw(last.sequence, "", last.version, "its user is missing");
  }
  return absl::OkStatus();
}

// That every address is its user's; VerifyUsers has seen that every user has its address.
absl::Status HistoryVerifier::VerifyAddresses() {
  for (std::string after;;) {
    const auto rows = session_.ExecParams(kCheckedAddresses, after, kPage);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return absl::OkStatus();
    for (const pqxx::row& row : *rows) {
      const CheckedAddress address = ReadCheckedAddress(row);
      after = address.address;
      if (address.is_its_users) continue;
      Flaw(
          address.sequence, address.user_id, address.version,
          absl::StrCat("user number ", address.object_id, " holds an address that is not its own"));
    }
    if (auto status = Progress(total_); !status.ok()) return status;
  }
}

void HistoryVerifier::CheckUser(const CheckedUser& user, ChainCheck& chain) {
  for (const std::string& flaw : FlawsOf(user, chain.Take(user.object_id), total_)) {
    Flaw(user.sequence, user.user_id, user.version, flaw);
  }
}

absl::Status HistoryVerifier::VerifyUser(const std::string& user_id) {
  const auto edge = ReadHeads();
  if (!edge.ok()) return edge.status();
  const auto users =
      session_.ExecParams(absl::StrCat(kCheckedUsers, "WHERE u.doc_id = $1"), user_id);
  if (!users.ok()) return users.status();
  if (users->empty()) {
    return FieldError(absl::StatusCode::kNotFound, users::v1::ERROR_REASON_USER_NOT_FOUND,
                      "user_id", "", user_id);
  }
  const CheckedUser user = ReadCheckedUser(users->front());
  total_ = user.version;
  ChainCheck chain(user.object_id, user.object_id);
  if (auto begun = archive_.AddUsers(chain); !begun.ok()) return begun;
  const auto last = VerifyVersionsOf(user, chain);
  if (!last.ok()) return last.status();
  total_ = user.sequence;
  CheckUser(user, chain);
  if (last->sequence == 0) return absl::OkStatus();
  return VerifyInLog(*last, user_id);
}

// Returns the last version.
absl::StatusOr<VersionRecord> HistoryVerifier::VerifyVersionsOf(const CheckedUser& user,
                                                                ChainCheck& chain) {
  VersionRecord last = LastArchived(chain);
  for (int64_t checked = last.version;;) {
    if (auto status = Progress(checked); !status.ok()) return status;
    // In order of version: what stands between two sequences is other users'.
    const auto rows = session_.ExecParams(
        absl::StrCat("SELECT ", kStoredVersionColumns, " FROM ", kStoredVersions,
                     " WHERE v.object_id = $1 AND v.version > $2 AND v.id <= $3 "
                     "ORDER BY v.version LIMIT $4"),
        user.object_id, last.version, user.sequence, kPage);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return last;
    for (const pqxx::row& row : *rows) {
      StoredVersion version = ReadStoredVersion(row);
      CheckVersion(version, chain);
      last = std::move(version.record);
    }
    checked += static_cast<int64_t>(rows->size());
  }
}

absl::Status HistoryVerifier::VerifyInLog(const VersionRecord& record, const std::string& user_id) {
  const auto edge = LogTiles::ReadEdge(session_);
  if (!edge.ok()) return edge.status();
  const int64_t leaf = record.sequence - 1;
  if (leaf >= edge->size()) {
    Flaw(record.sequence, user_id, record.version, "the log does not reach the last version");
    return absl::OkStatus();
  }
  const auto path = LogTiles::ReadRoots(session_, InclusionPath(leaf, edge->size()));
  if (!path.ok()) return path.status();
  if (RootOfPath(leaf, edge->size(), record.hash, *path) != edge->Root()) {
    Flaw(record.sequence, user_id, record.version, "the log does not hold the last version");
  }
  return absl::OkStatus();
}

}  // namespace usersync::store
