#include "tests/guarantees/history.h"

#include <algorithm>

#include "absl/strings/escaping.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

constexpr char kVersions[] =
    "SELECT id, object_id, version, json::text, actor, mutation_id, reason, audit::text, "
    "encode(body_salt, 'hex'), encode(actor_salt, 'hex'), object_type, action, auth, format, "
    "(extract(epoch FROM created_at) * 1000000)::bigint, to_json(changed_fields)::text, "
    "encode(body_hash, 'hex'), encode(actor_hash, 'hex'), encode(prev_hash, 'hex'), "
    "encode(hash, 'hex') FROM version ORDER BY id";

constexpr char kUsers[] =
    "SELECT id, doc_id, email, status, role, document::text, version, deleted, seq, "
    "encode(hash, 'hex'), created_at = (document->>'created_at')::timestamptz AND "
    "updated_at = (document->>'updated_at')::timestamptz FROM users ORDER BY id";

std::optional<std::string> Optional(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.c_str();
}

std::optional<std::string> OptionalBytes(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return absl::HexStringToBytes(field.c_str());
}

std::optional<json> OptionalJson(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return json::parse(field.c_str());
}

std::string Bytes(const pqxx::field& field) { return absl::HexStringToBytes(field.c_str()); }

VersionRow VersionFrom(const pqxx::row& row) {
  return {.seq = row[0].as<int64_t>(),
          .object_id = row[1].as<int64_t>(),
          .version = row[2].as<int>(),
          .document = OptionalJson(row[3]),
          .actor = Optional(row[4]),
          .mutation_id = Optional(row[5]),
          .reason = Optional(row[6]),
          .audit = OptionalJson(row[7]),
          .body_salt = OptionalBytes(row[8]),
          .actor_salt = OptionalBytes(row[9]),
          .object_type = row[10].c_str(),
          .action = row[11].c_str(),
          .auth = row[12].c_str(),
          .format = row[13].as<int>(),
          .committed_at = row[14].as<int64_t>(),
          .changed_fields = json::parse(row[15].c_str()).get<std::vector<std::string>>(),
          .body_hash = Bytes(row[16]),
          .actor_hash = Bytes(row[17]),
          .prev_hash = Bytes(row[18]),
          .hash = Bytes(row[19])};
}

UserRow UserFrom(const pqxx::row& row) {
  return {.object_id = row[0].as<int64_t>(),
          .doc_id = row[1].c_str(),
          .email = row[2].c_str(),
          .status = row[3].c_str(),
          .role = Optional(row[4]),
          .document = json::parse(row[5].c_str()),
          .version = row[6].as<int>(),
          .deleted = row[7].as<bool>(),
          .seq = row[8].as<int64_t>(),
          .hash = Bytes(row[9]),
          .times_agree = row[10].as<bool>()};
}

}  // namespace

const VersionRow* History::Find(int64_t seq) const {
  const auto found =
      std::lower_bound(versions.begin(), versions.end(), seq,
                       [](const VersionRow& row, int64_t wanted) { return row.seq < wanted; });
  return found != versions.end() && found->seq == seq ? &*found : nullptr;
}

bool History::OnlyErasedBetween(int64_t before, int64_t after) const {
  for (int64_t seq = before + 1; seq < after; ++seq) {
    const VersionRow* row = Find(seq);
    if (row == nullptr || row->document) return false;
  }
  return true;
}

const UserRow* History::FindUser(const std::string& doc_id) const {
  const auto found = std::find_if(users.begin(), users.end(),
                                  [&](const UserRow& user) { return user.doc_id == doc_id; });
  return found == users.end() ? nullptr : &*found;
}

const VersionRow* History::Before(const VersionRow& row) const {
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->seq < row.seq && it->object_id == row.object_id) return &*it;
  }
  return nullptr;
}

absl::StatusOr<History> ReadHistory(Database& database) {
  const auto all = database.Snapshot(
      {"SELECT epoch::text, head, (extract(epoch FROM last_at) * 1000000)::bigint FROM feed",
       kVersions, kUsers, "SELECT address, user_id FROM email_address"});
  if (!all.ok()) return all.status();
  History history;
  const pqxx::row feed = all->at(0).at(0);
  history.epoch = feed[0].c_str();
  history.head = feed[1].as<int64_t>();
  history.last_at = feed[2].as<int64_t>();
  for (const pqxx::row& row : all->at(1)) history.versions.push_back(VersionFrom(row));
  for (const pqxx::row& row : all->at(2)) history.users.push_back(UserFrom(row));
  for (const pqxx::row& row : all->at(3)) {
    history.addresses[row[0].c_str()] = row[1].as<int64_t>();
  }
  return history;
}

}  // namespace usersync::tests
