#include "store/batch_reader.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "store/conflicts.h"
#include "store/document_json.h"
#include "store/identifiers.h"
#include "store/sql_text.h"
#include "store/user_row.h"
#include "store/violation_json.h"

namespace usersync::store {
namespace {

constexpr char kBegin[] =
    "BEGIN; SELECT 1 FROM feed FOR UPDATE; "
    "SELECT feed.epoch, feed.head, "
    "(extract(epoch FROM greatest(clock_timestamp(), feed.last_at)) * 1000000)::bigint, "
    "pg_current_xact_id(), log_edge.size, log_edge.peaks, source.stream, source.seq, "
    "source.time_ns "
    "FROM feed CROSS JOIN log_edge LEFT JOIN source ON TRUE";

constexpr char kLedger[] =
    "SELECT l.actor, l.mutation_id, l.request_hash, l.outcome, l.seq, l.version, "
    "l.violations::text, l.user_id, v.json::text, coalesce(v.audit, r.audit)::text, "
    "(extract(epoch FROM u.create_time) * 1000000)::bigint, "
    "(extract(epoch FROM v.created_at) * 1000000)::bigint "
    "FROM unnest($1::text[], $2::text[]) AS q(actor, mutation_id) "
    "JOIN ledger l ON l.actor = q.actor AND l.mutation_id = q.mutation_id "
    "LEFT JOIN version v ON v.id = l.seq LEFT JOIN users u ON u.id = v.object_id "
    "LEFT JOIN refused r ON r.id = l.refused_id";

constexpr char kVersionOfUser[] =
    "SELECT v.json::text FROM users u JOIN version v ON v.object_id = u.id "
    "WHERE u.doc_id = $1 AND v.version = $2 AND v.json IS NOT NULL";
constexpr char kLastLivingVersion[] =
    "SELECT v.json::text FROM users u JOIN version v ON v.object_id = u.id "
    "WHERE u.doc_id = $1 AND NOT (v.json->>'_deleted')::boolean ORDER BY v.version DESC LIMIT 1";

constexpr char kAddresses[] =
    "SELECT a.address, u.doc_id FROM email_address a JOIN users u ON u.id = a.user_id "
    "WHERE a.address = ANY($1::text[])";

// How many ids are drawn at a time; what is left at the end of the process is never used.
constexpr size_t kObjectIdsPerDraw = 1000;

absl::StatusOr<LedgerEntry> ReadLedgerRow(const pqxx::row& row) {
  LedgerEntry entry;
  entry.request_hash = ParseBytea(row[2].c_str());
  users::v1::Receipt& receipt = entry.receipt;
  receipt.set_mutation_id(row[1].c_str());
  users::v1::Outcome outcome;
  if (!users::v1::Outcome_Parse(absl::StrCat("OUTCOME_", row[3].c_str()), &outcome)) {
    return absl::DataLossError("a row of the ledger has an unknown outcome");
  }
  receipt.set_outcome(outcome);
  receipt.set_sequence(row[4].as<int64_t>());
  receipt.set_version(row[5].as<int32_t>());
  if (!row[6].is_null()) {
    auto violations = ParseViolations(row[6].c_str());
    if (!violations.ok()) return violations.status();
    *receipt.mutable_violations() = {violations->begin(), violations->end()};
  }
  if (!row[7].is_null()) entry.user_id = row[7].c_str();
  if (!row[8].is_null()) {
    auto user = ParseDocument(row[8].c_str());
    if (!user.ok()) return user.status();
    user->set_version(receipt.version());
    user->set_sequence(receipt.sequence());
    SetTimestamp(row[10].as<int64_t>(), user->mutable_create_time());
    SetTimestamp(row[11].as<int64_t>(), user->mutable_update_time());
    if (user->deleted()) SetTimestamp(row[11].as<int64_t>(), user->mutable_delete_time());
    *receipt.mutable_user() = *std::move(user);
  }
  const bool disputed =
      outcome == users::v1::OUTCOME_MERGED || outcome == users::v1::OUTCOME_CONFLICT;
  if (disputed && !row[9].is_null()) {
    auto audit = ParseAudit(row[9].c_str());
    if (!audit.ok()) return audit.status();
    const auto conflicts = ConflictsOf(*audit);
    *receipt.mutable_conflicts() = {conflicts.begin(), conflicts.end()};
  }
  return entry;
}

absl::Status LoadLedger(Session& session, const std::vector<const Request*>& requests,
                        BatchState& state) {
  std::vector<std::string> actors;
  std::vector<std::string> ids;
  for (const Request* request : requests) {
    if (request->request_hash.empty()) continue;
    actors.push_back(request->author.actor);
    ids.push_back(request->mutation_id);
  }
  if (ids.empty()) return absl::OkStatus();
  const auto rows = session.ExecPrepared("ledger", ArrayLiteral(actors), ArrayLiteral(ids));
  if (!rows.ok()) return rows.status();
  for (const pqxx::row& row : *rows) {
    auto entry = ReadLedgerRow(row);
    if (!entry.ok()) return entry.status();
    state.ledger[{row[0].c_str(), row[1].c_str()}] = *std::move(entry);
  }
  return absl::OkStatus();
}

absl::Status LoadUsers(Session& session, const std::vector<const Request*>& requests,
                       BatchState& state) {
  absl::flat_hash_set<std::string> wanted;
  for (const Request* request : requests) {
    const std::string& id = UserIdOf(*request);
    // Nobody has an id that breaks the rule, and one with U+0000 would fail the whole batch.
    if (IsUserId(id) && !state.users.contains(id)) wanted.insert(id);
  }
  // A replayed answer about another user's id than the request's still shows that user.
  for (const auto& [key, entry] : state.ledger) {
    if (!entry.user_id.empty() && !state.users.contains(entry.user_id)) {
      wanted.insert(entry.user_id);
    }
  }
  if (wanted.empty()) return absl::OkStatus();
  const auto rows = session.ExecPrepared("users", ArrayLiteral({wanted.begin(), wanted.end()}));
  if (!rows.ok()) return rows.status();
  for (const std::string& id : wanted) state.users[id] = std::nullopt;
  for (const pqxx::row& row : *rows) {
    auto current = ReadUserRow(row);
    if (!current.ok()) return current.status();
    if (!current->user.deleted()) {
      state.addresses[FoldEmail(current->user.email())] = current->user.id();
    }
    state.users[current->user.id()] = *std::move(current);
  }
  return absl::OkStatus();
}

// Commands that bring back the past are rare: each is a question of its own.
absl::Status LoadPast(Session& session, const std::vector<const Request*>& requests,
                      BatchState& state) {
  for (const Request* request : requests) {
    const auto* command = std::get_if<UserCommand>(&request->content);
    if (command == nullptr || !TakesFromThePast(*command)) continue;
    const auto key = PastOf(*command);
    if (state.past.contains(key)) continue;
    auto& past = state.past[key];
    if (!IsUserId(key.first)) continue;
    const auto rows = command->kind == UserCommand::Kind::kUndelete
                          ? session.ExecPrepared("last_living_version", key.first)
                          : session.ExecPrepared("version_of_user", key.first, key.second);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) continue;
    auto user = ParseDocument(rows->front()[0].c_str());
    if (!user.ok()) return user.status();
    past = *std::move(user);
  }
  return absl::OkStatus();
}

// The address that a request's result may take, if it is not its user's already.
void WantAddress(absl::string_view email, const BatchState& state,
                 absl::flat_hash_set<std::string>& wanted) {
  std::string folded = FoldEmail(email);
  // The database cannot hold U+0000, nor can it be asked for it.
  if (folded.empty() || absl::StrContains(folded, '\0')) return;
  if (!state.addresses.contains(folded)) wanted.insert(std::move(folded));
}

absl::Status LoadAddresses(Session& session, const std::vector<const Request*>& requests,
                           BatchState& state) {
  absl::flat_hash_set<std::string> wanted;
  for (const Request* request : requests) {
    if (const auto* mutation = std::get_if<users::v1::Mutation>(&request->content)) {
      WantAddress(mutation->user().email(), state, wanted);
    } else if (const auto* command = std::get_if<UserCommand>(&request->content)) {
      WantAddress(command->user.email(), state, wanted);
      const auto past = state.past.find(PastOf(*command));
      if (past != state.past.end() && past->second) {
        WantAddress(past->second->email(), state, wanted);
      }
    }
    // A tombstone that comes back may bring its own address.
    const auto found = state.users.find(UserIdOf(*request));
    if (found != state.users.end() && found->second) {
      WantAddress(found->second->user.email(), state, wanted);
    }
  }
  if (wanted.empty()) return absl::OkStatus();
  const auto rows = session.ExecPrepared("addresses", ArrayLiteral({wanted.begin(), wanted.end()}));
  if (!rows.ok()) return rows.status();
  for (const pqxx::row& row : *rows) state.addresses[row[0].c_str()] = row[1].c_str();
  return absl::OkStatus();
}

}  // namespace

absl::Status BatchReader::Prepare(Session& session) {
  const std::string users =
      absl::StrCat("SELECT ", kUserColumns, " FROM users WHERE doc_id = ANY($1::text[])");
  for (const auto& [name, sql] :
       std::vector<std::pair<std::string, std::string>>{{"ledger", kLedger},
                                                        {"users", users},
                                                        {"version_of_user", kVersionOfUser},
                                                        {"last_living_version", kLastLivingVersion},
                                                        {"addresses", kAddresses}}) {
    if (auto status = session.Prepare(name, sql); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status BatchReader::DrawObjectIds(Session& session, size_t count, BatchState& state) {
  if (state.object_ids.size() >= count) return absl::OkStatus();
  const auto rows = session.ExecParams("SELECT nextval('users_id_seq') FROM generate_series(1, $1)",
                                       static_cast<int64_t>(std::max(count, kObjectIdsPerDraw)));
  if (!rows.ok()) return rows.status();
  // Taken from the back: keep them descending, so that ids ascend with sequences.
  std::vector<int64_t> ids;
  for (const pqxx::row& row : *rows) ids.push_back(row[0].as<int64_t>());
  ids.insert(ids.end(), state.object_ids.rbegin(), state.object_ids.rend());
  std::sort(ids.rbegin(), ids.rend());
  state.object_ids = std::move(ids);
  return absl::OkStatus();
}

absl::Status BatchReader::Begin(Session& session, BatchState& state, std::string* transaction_id) {
  const auto rows = session.Exec(kBegin);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::InternalError("the table feed or log_edge is empty");
  const pqxx::row first = rows->front();
  const std::string epoch = ParseUuid(first[0].c_str());
  const int64_t head = first[1].as<int64_t>();
  if (epoch != state.epoch || head != state.head) {
    state.users.clear();
    state.addresses.clear();
  }
  state.past.clear();
  state.ledger.clear();
  state.positions.clear();
  state.epoch = epoch;
  state.head = head;
  state.committed_at = first[2].as<int64_t>();
  *transaction_id = first[3].c_str();
  auto log = MerkleTree::Parse(first[4].as<int64_t>(), ParseBytea(first[5].c_str()));
  if (!log.ok()) return log.status();
  state.log = *std::move(log);
  for (const pqxx::row& row : *rows) {
    if (row[6].is_null()) continue;
    state.positions[row[6].c_str()] = {row[7].as<int64_t>(), row[8].as<int64_t>()};
  }
  return absl::OkStatus();
}

absl::Status BatchReader::Load(Session& session, const std::vector<const Request*>& requests,
                               BatchState& state) {
  if (auto status = LoadLedger(session, requests, state); !status.ok()) return status;
  if (auto status = LoadUsers(session, requests, state); !status.ok()) return status;
  if (auto status = LoadPast(session, requests, state); !status.ok()) return status;
  return LoadAddresses(session, requests, state);
}

absl::StatusOr<Position> BatchReader::ReadPosition(Session& session, const std::string& source) {
  const auto rows = session.ExecParams("SELECT seq, time_ns FROM source WHERE stream = $1", source);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return Position{};
  return Position{rows->front()[0].as<int64_t>(), rows->front()[1].as<int64_t>()};
}

}  // namespace usersync::store
