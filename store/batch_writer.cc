#include "store/batch_writer.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "protos/json_text.h"
#include "protos/utf8.h"
#include "protos/violation.h"
#include "store/erasure.h"
#include "store/sql_text.h"
#include "store/violation_json.h"

namespace usersync::store {
namespace {

// One statement for versions and the users they end in: $1 the versions as JSON, $2 the digests of
// all of them in a row (salts and hashes would cost as much to read as JSON as all the rest), $3
// the time. `l` marks the last version of a user in $1, `n` a user who is new.
constexpr char kChanges[] = R"(
WITH change AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(
    k INTEGER, i BIGINT, o BIGINT, v INTEGER, j JSONB, a TEXT, w TEXT, m TEXT, r TEXT, x JSONB,
    f TEXT[], t TEXT, l BOOLEAN, n BOOLEAN, z TIMESTAMPTZ)
), digest AS MATERIALIZED (
  SELECT $2::bytea AS d
), written AS (
  INSERT INTO version (id, object_type, object_id, version, json, action, actor, created_at,
      mutation_id, reason, audit, changed_fields, auth, format, body_salt, actor_salt, body_hash,
      actor_hash, prev_hash, hash)
    SELECT i, 'user', o, v, j, a, w, $3::timestamptz, m, r, x, f, t, 1, substr(d, k + 1, 16),
      substr(d, k + 17, 16), substr(d, k + 33, 32), substr(d, k + 65, 32), substr(d, k + 97, 32),
      substr(d, k + 129, 32)
    FROM change, digest
), made AS (
  INSERT INTO users (id, doc_id, email, status, role, created_at, updated_at, document, version,
      deleted, erased, seq, hash, create_time, update_time, delete_time)
    SELECT o, j->>'id', j->>'email', j->>'status', j->>'role', (j->>'created_at')::timestamptz,
      (j->>'updated_at')::timestamptz, j, v, (j->>'_deleted')::boolean, a = 'erase', i,
      substr(d, k + 129, 32), $3::timestamptz, $3::timestamptz, z
    FROM change, digest WHERE l AND n
)
UPDATE users SET email = j->>'email', status = j->>'status', role = j->>'role',
    created_at = (j->>'created_at')::timestamptz, updated_at = (j->>'updated_at')::timestamptz,
    document = j, version = v, deleted = (j->>'_deleted')::boolean, erased = a = 'erase', seq = i,
    hash = substr(d, k + 129, 32), update_time = $3::timestamptz, delete_time = z
  FROM change, digest WHERE users.id = o AND l AND NOT n)";
// The bytes of one version in $2.
constexpr size_t kDigestBytes = 160;

constexpr char kReleaseAddresses[] = "DELETE FROM email_address WHERE address = ANY($1::text[])";
constexpr char kTakeAddresses[] =
    "INSERT INTO email_address (address, user_id) "
    "SELECT * FROM unnest($1::text[], $2::bigint[])";

constexpr char kLedgerRows[] =
    "INSERT INTO ledger (actor, mutation_id, request_hash, outcome, seq, version, violations, "
    "refused_id, user_id, created_at) "
    "SELECT a, m, h, o, s, v, x, r, u, $2::timestamptz FROM jsonb_to_recordset($1::jsonb) AS "
    "l(a TEXT, m TEXT, h BYTEA, o TEXT, s BIGINT, v INTEGER, x JSONB, r BIGINT, u TEXT)";

constexpr char kRefusedIds[] =
    "SELECT nextval('refused_id_seq') FROM generate_series(1, $1::bigint)";
constexpr char kRefusedRows[] =
    "INSERT INTO refused (id, actor, auth, mutation_id, user_id, payload, outcome, violations, "
    "audit, created_at) "
    "SELECT i, a, t, m, u, p, o, x, b, $2::timestamptz FROM jsonb_to_recordset($1::jsonb) AS "
    "l(i BIGINT, a TEXT, t TEXT, m TEXT, u TEXT, p BYTEA, o TEXT, x JSONB, b JSONB)";

constexpr char kErase[] = "SELECT erase_content($1, $2, $3)";

constexpr char kPositions[] =
    "INSERT INTO source (stream, seq, time_ns) "
    "SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[]) "
    "ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, time_ns = excluded.time_ns";
constexpr char kHead[] =
    "WITH edge AS (UPDATE log_edge SET size = $1, peaks = $3::bytea) "
    "UPDATE feed SET head = $1, last_at = $2::timestamptz "
    "RETURNING pg_notify('usersync_feed', head::text)";

// No id or name that keeps its rule is longer.
constexpr size_t kMostNameCharacters = 128;

// Appends "key":"text", or nothing for an absent value.
void AppendText(const char* key, absl::string_view text, std::string& out) {
  if (text.empty()) return;
  absl::StrAppend(&out, ",\"", key, "\":");
  AppendJsonString(text, out);
}

// The same for a name that may break its rule: what the database can hold of it.
void AppendName(const char* key, absl::string_view name, std::string& out) {
  AppendText(key, ShowText(name, kMostNameCharacters), out);
}

void AppendRaw(const char* key, absl::string_view json, std::string& out) {
  if (!json.empty()) absl::StrAppend(&out, ",\"", key, "\":", json);
}

void AppendBytes(const char* key, absl::string_view bytes, std::string& out) {
  absl::StrAppend(&out, ",\"", key, "\":");
  AppendJsonBytea(bytes, out);
}

// What the JSON says of a version beyond the version itself.
struct Place {
  size_t index;
  bool is_last_of_user;
  bool is_new_user;
};

void AppendVersion(const Effect& effect, const Place& place, std::string& out) {
  const VersionRecord& version = *effect.version;
  absl::StrAppend(&out, out.size() > 1 ? "," : "", "{\"k\":", place.index * kDigestBytes,
                  ",\"i\":", version.sequence, ",\"o\":", version.object_id,
                  ",\"v\":", version.version, ",\"a\":\"", ActionName(version.action));
  absl::StrAppend(&out, "\",\"t\":\"", AuthName(version.auth),
                  "\",\"l\":", place.is_last_of_user ? "true" : "false",
                  ",\"n\":", place.is_new_user ? "true" : "false");
  AppendRaw("j", version.document_json, out);
  AppendText("w", version.actor, out);
  AppendText("m", version.mutation_id, out);
  AppendText("r", version.reason, out);
  AppendRaw("x", version.audit_json, out);
  out.append(",\"f\":[");
  for (size_t i = 0; i < version.changed_fields.size(); ++i) {
    absl::StrAppend(&out, i > 0 ? ",\"" : "\"", version.changed_fields[i], "\"");
  }
  out.push_back(']');
  const users::v1::User& user = effect.after.user;
  if (user.has_delete_time()) AppendText("z", TimeText(MicrosOf(user.delete_time())), out);
  out.push_back('}');
}

// The address that a user holds; "" for a tombstone.
std::string AddressOf(const CurrentUser& user) {
  return user.user.deleted() ? "" : FoldEmail(user.user.email());
}

absl::Status WriteAddresses(Session& session, const std::vector<Effect*>& effects) {
  // What each touched address was held by before, and is held by in the end; 0 for nobody.
  absl::flat_hash_map<std::string, std::pair<int64_t, int64_t>> owners;
  for (const Effect* effect : effects) {
    if (!effect->version) continue;
    const int64_t id = effect->after.object_id;
    const std::string before = effect->before ? AddressOf(*effect->before) : "";
    const std::string after = AddressOf(effect->after);
    if (before == after) continue;
    if (!before.empty()) owners.try_emplace(before, id, id).first->second.second = 0;
    if (!after.empty()) owners.try_emplace(after, 0, 0).first->second.second = id;
  }
  std::vector<std::string> released;
  std::vector<std::string> taken;
  std::vector<std::string> takers;
  for (const auto& [address, owner] : owners) {
    const auto& [first, last] = owner;
    if (first == last) continue;
    if (first != 0) released.push_back(address);
    if (last != 0) {
      taken.push_back(address);
      takers.push_back(absl::StrCat(last));
    }
  }
  if (!released.empty()) {
    const auto done = session.ExecPrepared("release_addresses", ArrayLiteral(released));
    if (!done.ok()) return done.status();
  }
  if (taken.empty()) return absl::OkStatus();
  return session.ExecPrepared("take_addresses", ArrayLiteral(taken), ArrayLiteral(takers)).status();
}

// The bytes as they came: what could not be decoded, or the mutation. Of what an erased user's
// browsers go on asking for, only whose it is.
std::string PayloadOf(const Request& request, const Effect& effect) {
  if (effect.of_erased) {
    users::v1::Mutation mutation;
    mutation.mutable_user()->set_id(UserIdOf(request));
    return mutation.SerializeAsString();
  }
  if (effect.resolved) return effect.resolved->SerializeAsString();
  if (const auto* undecodable = std::get_if<users::internal::v1::Undecodable>(&request.content)) {
    return undecodable->payload();
  }
  if (const auto* mutation = std::get_if<users::v1::Mutation>(&request.content)) {
    return mutation->SerializeAsString();
  }
  // A command that could be made no mutation.
  const UserCommand& command = std::get<UserCommand>(request.content);
  users::v1::Mutation mutation;
  mutation.set_mutation_id(request.mutation_id);
  *mutation.mutable_user() = command.user;
  mutation.set_unconditional(true);
  mutation.set_reason(command.reason);
  return mutation.SerializeAsString();
}

std::string OutcomeText(const Effect& effect) {
  return users::v1::Outcome_Name(effect.answer.receipt.outcome()).substr(sizeof("OUTCOME_") - 1);
}

void AppendRefused(const Request& request, const Effect& effect, std::string& out) {
  absl::StrAppend(&out, out.size() > 1 ? "," : "", "{\"i\":", effect.answer.refused_id, ",\"o\":\"",
                  OutcomeText(effect), "\",\"t\":\"", AuthName(request.author.auth), "\"");
  out.append(",\"a\":");
  AppendJsonString(ShowText(request.author.actor, kMostNameCharacters), out);
  // What was decoded has an id, were it an empty one.
  if (effect.of_erased ||
      !std::holds_alternative<users::internal::v1::Undecodable>(request.content)) {
    out.append(",\"m\":");
    AppendJsonString(effect.of_erased ? "" : ShowText(request.mutation_id, kMostNameCharacters),
                     out);
  }
  AppendName("u", UserIdOf(request), out);
  AppendBytes("p", PayloadOf(request, effect), out);
  auto violations = effect.answer.receipt.violations();
  if (effect.of_erased) {
    // Others may show what was asked for.
    violations.Clear();
    *violations.Add() = UserErased(UserIdOf(request));
  }
  if (!violations.empty()) AppendRaw("x", ViolationsJson(violations), out);
  AppendRaw("b", effect.refused_audit_json, out);
  out.push_back('}');
}

absl::Status WriteRefused(Session& session, const std::vector<const Request*>& requests,
                          const std::vector<Effect*>& effects, int64_t committed_at) {
  int64_t count = 0;
  for (const Effect* effect : effects) count += effect->to_refused ? 1 : 0;
  if (count == 0) return absl::OkStatus();
  const auto ids = session.ExecPrepared("refused_ids", count);
  if (!ids.ok()) return ids.status();
  std::string rows = "[";
  auto id = ids->begin();
  for (size_t i = 0; i < effects.size(); ++i) {
    if (!effects[i]->to_refused) continue;
    effects[i]->answer.refused_id = (*id++)[0].as<int64_t>();
    AppendRefused(*requests[i], *effects[i], rows);
  }
  rows.push_back(']');
  return session.ExecPrepared("refused_rows", rows, TimeText(committed_at)).status();
}

absl::Status WriteLedger(Session& session, const std::vector<const Request*>& requests,
                         const std::vector<Effect*>& effects, int64_t committed_at) {
  std::string rows = "[";
  for (size_t i = 0; i < effects.size(); ++i) {
    if (!effects[i]->to_ledger) continue;
    const users::v1::Receipt& receipt = effects[i]->answer.receipt;
    absl::StrAppend(&rows, rows.size() > 1 ? "," : "", "{\"s\":", receipt.sequence(),
                    ",\"v\":", receipt.version(), ",\"o\":\"", OutcomeText(*effects[i]), "\"");
    AppendText("a", requests[i]->author.actor, rows);
    AppendText("m", requests[i]->mutation_id, rows);
    AppendName("u", UserIdOf(*requests[i]), rows);
    AppendBytes("h", requests[i]->request_hash, rows);
    if (!receipt.violations().empty()) {
      AppendRaw("x", ViolationsJson(receipt.violations()), rows);
    }
    if (effects[i]->answer.refused_id != 0) {
      absl::StrAppend(&rows, ",\"r\":", effects[i]->answer.refused_id);
    }
    rows.push_back('}');
  }
  if (rows.size() == 1) return absl::OkStatus();
  rows.push_back(']');
  return session.ExecPrepared("ledger_rows", rows, TimeText(committed_at)).status();
}

}  // namespace

BatchWriter::Rendered BatchWriter::Render(const std::vector<Effect*>& effects) {
  // The last effect on each user, and whether the user was made by one of these.
  absl::flat_hash_map<int64_t, std::pair<const Effect*, bool>> users;
  for (const Effect* effect : effects) {
    if (!effect->version) continue;
    users.try_emplace(effect->after.object_id, effect, !effect->before.has_value())
        .first->second.first = effect;
  }
  Rendered rendered;
  if (users.empty()) return rendered;
  std::string digests;
  digests.reserve(effects.size() * kDigestBytes);
  rendered.versions.reserve(effects.size() * 640);
  rendered.versions = "[";
  size_t index = 0;
  for (const Effect* effect : effects) {
    if (!effect->version) continue;
    const VersionRecord& version = *effect->version;
    const auto& [last, is_new] = users.at(effect->after.object_id);
    AppendVersion(*effect, {index++, effect == last, is_new}, rendered.versions);
    absl::StrAppend(&digests, version.body_salt, version.actor_salt, version.body_hash,
                    version.actor_hash, version.previous_hash, version.hash);
  }
  rendered.versions.push_back(']');
  rendered.digests = ByteaLiteral(digests);
  return rendered;
}

absl::Status BatchWriter::Prepare(Session& session) {
  // Every join here is of a batch with an index. A plan made while the tables were small would
  // scan them whole for as long as it is kept.
  if (auto set = session.Exec("SET enable_seqscan = off; SET enable_hashjoin = off; "
                              "SET enable_mergejoin = off; SET plan_cache_mode = "
                              "force_generic_plan; SET jit = off");
      !set.ok()) {
    return set.status();
  }
  for (const auto& [name, sql] :
       std::vector<std::pair<std::string, std::string>>{{"changes", kChanges},
                                                        {"release_addresses", kReleaseAddresses},
                                                        {"take_addresses", kTakeAddresses},
                                                        {"ledger_rows", kLedgerRows},
                                                        {"refused_ids", kRefusedIds},
                                                        {"refused_rows", kRefusedRows},
                                                        {"erase", kErase},
                                                        {"positions", kPositions},
                                                        {"head", kHead}}) {
    if (auto status = session.Prepare(name, sql); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::Write(Session& session, const Rendered& rendered,
                                const std::vector<const Request*>& requests,
                                const std::vector<Effect*>& effects, int64_t committed_at) {
  if (auto status = WriteVersions(session, rendered, committed_at); !status.ok()) return status;
  if (auto status = WriteAddresses(session, effects); !status.ok()) return status;
  if (auto status = WriteRefused(session, requests, effects, committed_at); !status.ok()) {
    return status;
  }
  return WriteLedger(session, requests, effects, committed_at);
}

absl::Status BatchWriter::WriteVersions(Session& session, const Rendered& rendered,
                                        int64_t committed_at) {
  if (rendered.versions.empty()) return absl::OkStatus();
  return session
      .ExecPrepared("changes", rendered.versions, rendered.digests, TimeText(committed_at))
      .status();
}

absl::Status BatchWriter::EraseContent(Session& session, std::vector<Effect>& effects) {
  for (Effect& effect : effects) {
    if (!effect.version || effect.version->action != users::v1::ACTION_ERASE) continue;
    const auto rows = session.ExecPrepared("erase", effect.version->object_id,
                                           effect.version->document.id(), effect.version->sequence);
    if (!rows.ok()) return rows.status();
    effect.answer.unlisted_count = rows->front()[0].as<int64_t>();
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::WritePositions(Session& session, const std::vector<Move>& moves) {
  if (moves.empty()) return absl::OkStatus();
  std::vector<std::string> streams;
  std::vector<std::string> sequences;
  std::vector<std::string> times;
  for (const Move& move : moves) {
    streams.push_back(move.source);
    sequences.push_back(absl::StrCat(move.through.sequence));
    times.push_back(absl::StrCat(move.through.time_ns));
  }
  return session
      .ExecPrepared("positions", ArrayLiteral(streams), ArrayLiteral(sequences),
                    ArrayLiteral(times))
      .status();
}

absl::Status BatchWriter::WriteHead(Session& session, const MerkleTree& log, int64_t committed_at) {
  return session.ExecPrepared("head", log.size(), TimeText(committed_at), ByteaLiteral(log.peaks()))
      .status();
}

}  // namespace usersync::store
