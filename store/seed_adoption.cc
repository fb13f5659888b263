#include "store/seed_adoption.h"

#include <openssl/rand.h>

#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "store/batch_writer.h"
#include "store/document_json.h"
#include "store/field_value.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

// A timestamp of the seed as text that says its every microsecond.
constexpr char kTimeFormat[] = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'";

std::string SeedTime(const char* json, const char* column, const char* fallback) {
  return absl::StrCat("to_char(coalesce((", json, "->>'", column, "')::timestamptz, u.", column,
                      ", ", fallback, ", 'epoch') AT TIME ZONE 'UTC', ", kTimeFormat, ")");
}

// The seed's history in order of its ids; a user without any gets one create. What a json lacks
// comes from the row of the user.
std::string HistorySql() {
  return absl::StrCat(
      "SELECT h.object_id, h.action, coalesce(nullif(h.actor, ''), 'system'), "
      "(extract(epoch FROM coalesce(h.created_at, 'epoch')) * 1000000)::bigint, "
      "coalesce(h.json->>'email', u.email, 'unknown-' || h.object_id || '@unknown.invalid'), "
      "coalesce(h.json->>'status', u.status, 'unknown'), "
      "CASE WHEN h.json ? 'role' THEN h.json->>'role' ELSE u.role END, ",
      SeedTime("h.json", "created_at", "h.created_at"), ", ",
      SeedTime("h.json", "updated_at", "h.created_at"),
      " FROM (SELECT 0 AS late, id, object_id, action, actor, created_at, json FROM seed_version "
      "UNION ALL SELECT 1, u.id, u.id, 'create', 'system', coalesce(u.updated_at, u.created_at), "
      "'{}'::jsonb FROM seed_users u "
      "WHERE NOT EXISTS (SELECT FROM seed_version v WHERE v.object_id = u.id)) h "
      "LEFT JOIN seed_users u ON u.id = h.object_id ORDER BY h.late, h.id");
}

// The rows that say something else than their living user's last version: written past the
// history. They get one more version, so that the row is kept and users stays the fold of
// versions. A history that ends with a delete is believed: the seed had no other place for it.
std::string StraySql() {
  return absl::StrCat(
      "SELECT u.id, 'update', 'system', "
      "(extract(epoch FROM coalesce(u.updated_at, 'epoch')) * 1000000)::bigint, "
      "u.email, u.status, u.role, ",
      SeedTime("'{}'::jsonb", "created_at", "NULL"), ", ",
      SeedTime("'{}'::jsonb", "updated_at", "NULL"),
      " FROM seed_users u JOIN users n ON n.id = u.id WHERE NOT n.deleted AND (u.email <> n.email "
      "OR u.status <> n.status OR u.role IS DISTINCT FROM n.role) ORDER BY u.id");
}

users::v1::Action ActionOf(const std::string& seed_action, bool is_first, bool was_deleted) {
  if (is_first) return users::v1::ACTION_CREATE;
  if (seed_action == "delete") {
    return was_deleted ? users::v1::ACTION_UPDATE : users::v1::ACTION_DELETE;
  }
  return was_deleted ? users::v1::ACTION_UNDELETE : users::v1::ACTION_UPDATE;
}

class Adoption {
 public:
  explicit Adoption(Session& session) : session_(session) {}

  absl::Status Add(const pqxx::row& row) {
    const int64_t object_id = row[0].as<int64_t>();
    CurrentUser& current = users_[object_id];
    const bool is_first = current.user.version() == 0;
    Effect effect;
    if (!is_first) effect.before = current;

    users::v1::User document;
    document.set_id(absl::StrCat(object_id));
    document.set_email(row[4].c_str());
    document.set_status(row[5].c_str());
    if (!row[6].is_null()) document.set_role(row[6].c_str());
    document.set_created_at(row[7].c_str());
    document.set_updated_at(row[8].c_str());
    document.set_deleted(row[1].c_str() == std::string("delete"));

    VersionRecord& version = effect.version.emplace();
    version.sequence = ++head_;
    version.object_id = object_id;
    version.version = current.user.version() + 1;
    version.action = ActionOf(row[1].c_str(), is_first, current.user.deleted());
    version.actor = row[2].c_str();
    version.auth = users::v1::AUTH_NONE;
    version.document = document;
    version.changed_fields = ChangedFields(is_first ? nullptr : &current.user, document);
    last_at_ = std::max(last_at_, row[3].as<int64_t>());
    version.committed_at = last_at_;
    version.previous_hash = is_first ? std::string(32, '\0') : current.hash;
    version.body_salt.resize(16);
    version.actor_salt.resize(16);
    RAND_bytes(reinterpret_cast<unsigned char*>(version.body_salt.data()), 16);
    RAND_bytes(reinterpret_cast<unsigned char*>(version.actor_salt.data()), 16);
    Seal(version);

    users::v1::User after = document;
    after.set_version(version.version);
    after.set_sequence(version.sequence);
    if (is_first) {
      SetTimestamp(last_at_, after.mutable_create_time());
    } else {
      *after.mutable_create_time() = current.user.create_time();
    }
    SetTimestamp(last_at_, after.mutable_update_time());
    if (after.deleted()) SetTimestamp(last_at_, after.mutable_delete_time());
    current = {.object_id = object_id, .user = std::move(after), .hash = version.hash};
    effect.after = current;
    // A write has one time for all its versions; here every version has its own.
    return BatchWriter::WriteVersions(session_, BatchWriter::Render({&effect}), last_at_);
  }

  int64_t head() const { return head_; }
  int64_t last_at() const { return last_at_; }
  size_t user_count() const { return users_.size(); }

 private:
  Session& session_;
  int64_t head_ = 0;
  int64_t last_at_ = 0;
  absl::flat_hash_map<int64_t, CurrentUser> users_;
};

absl::Status AddAll(Session& session, const std::string& sql, Adoption& adoption) {
  const auto rows = session.Exec(sql);
  if (!rows.ok()) return rows.status();
  for (const pqxx::row& row : *rows) {
    if (auto status = adoption.Add(row); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// The seed told addresses apart by case; here they are one. Only who holds them in the end counts.
absl::Status TakeAddresses(Session& session) {
  const auto rows = session.Exec(
      "SELECT min(id), max(id) FROM users WHERE NOT deleted GROUP BY lower(email COLLATE \"C\") "
      "HAVING count(*) > 1 LIMIT 1");
  if (!rows.ok()) return rows.status();
  if (rows->empty()) {
    return session
        .Exec(
            "INSERT INTO email_address (address, user_id) "
            "SELECT lower(email COLLATE \"C\"), id FROM users WHERE NOT deleted")
        .status();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("users ", rows->front()[0].c_str(), " and ", rows->front()[1].c_str(),
                   " have the same e-mail address, case aside: change one, then migrate"));
}

}  // namespace

absl::StatusOr<bool> MoveSeedAside(Session& session) {
  const auto found = session.Exec(
      "SELECT to_regclass('public.users') IS NOT NULL, to_regclass('public.version') IS NOT NULL");
  if (!found.ok()) return found.status();
  const bool has_users = found->front()[0].as<bool>();
  const bool has_version = found->front()[1].as<bool>();
  if (!has_users && !has_version) return false;
  if (has_users != has_version) {
    return absl::FailedPreconditionError(
        "the database holds only one of the tables users and version: not a seed's database");
  }
  const auto moved = session.Exec(
      "ALTER TABLE users RENAME TO seed_users; ALTER TABLE version RENAME TO seed_version; "
      "DO $$ DECLARE r RECORD; BEGIN FOR r IN SELECT c.oid::regclass AS name, c.relname, c.relkind "
      "FROM pg_class c JOIN pg_depend d ON d.objid = c.oid WHERE c.relkind = 'S' AND d.refobjid IN "
      "('seed_users'::regclass, 'seed_version'::regclass) UNION "
      "SELECT i.indexrelid::regclass, c.relname, c.relkind FROM pg_index i JOIN pg_class c ON "
      "c.oid = i.indexrelid WHERE i.indrelid IN ('seed_users'::regclass, 'seed_version'::regclass) "
      "LOOP EXECUTE format('ALTER %s %s RENAME TO %I', CASE r.relkind WHEN 'S' THEN 'SEQUENCE' "
      "ELSE "
      "'INDEX' END, r.name, 'seed_' || r.relname); END LOOP; END $$");
  if (!moved.ok()) return moved.status();
  return true;
}

absl::StatusOr<std::string> AdoptSeed(Session& session) {
  if (auto status = BatchWriter::Prepare(session); !status.ok()) return status;
  const auto count = session.Exec(
      "SELECT count(*) + (SELECT count(*) FROM seed_users) AS most, "
      "(SELECT add_version_partitions(count(*) + (SELECT count(*) FROM seed_users) * 2 + 1)) "
      "FROM seed_version");
  if (!count.ok()) return count.status();
  Adoption adoption(session);
  if (auto status = AddAll(session, HistorySql(), adoption); !status.ok()) return status;
  if (auto status = AddAll(session, StraySql(), adoption); !status.ok()) return status;
  if (auto status = TakeAddresses(session); !status.ok()) return status;
  const auto done = session.Exec(absl::StrCat(
      "UPDATE feed SET head = ", adoption.head(), ", last_at = '", TimeText(adoption.last_at()),
      "'; SELECT setval('users_id_seq', greatest(1, (SELECT max(id) FROM users)), "
      "EXISTS (SELECT FROM users)); DROP TABLE seed_users, seed_version"));
  if (!done.ok()) return done.status();
  return absl::StrCat("adopted ", adoption.user_count(), " users and ", adoption.head(),
                      " versions of the seed's database");
}

}  // namespace usersync::store
