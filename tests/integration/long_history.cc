#include "tests/integration/long_history.h"

#include <string>

#include "absl/strings/substitute.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

// The versions $0 of all $1 users. Every salt is of zeros, so that the pads of HMAC are constants.
constexpr char kRound[] = R"(
SET LOCAL synchronous_commit = off;
INSERT INTO version (id, object_type, object_id, version, json, action, actor, created_at,
    mutation_id, changed_fields, auth, format, body_salt, actor_salt, body_hash, actor_hash,
    prev_hash, hash)
  WITH pads AS (SELECT decode(repeat('36', 64), 'hex') AS inner_pad,
      decode(repeat('5c', 64), 'hex') AS outer_pad),
  plain AS (SELECT ($0 - 1) * $1::bigint + n AS seq, n,
      CASE WHEN $0 = 1 THEN '{created_at,email,id,status,updated_at}' ELSE '{status}' END::text[]
        AS changed, CASE WHEN $0 = 1 THEN 'create' ELSE 'update' END AS action,
      format('{"_deleted":false,"created_at":"2024-01-01T00:00:00Z","email":"user-%s@example.com",'
        '"id":"user-%s","status":"s-$0","updated_at":"2024-01-01T00:00:00Z"}', n, n) AS document
    FROM generate_series(1, $1) n),
  bodies AS (SELECT plain.*, format('USERS_UPDATE:%s:1700000000000000000', seq) AS mutation_id,
      coalesce((SELECT hash FROM version p WHERE p.id = seq - $1), decode(repeat('00', 32), 'hex'))
        AS prev_hash
    FROM plain),
  sealed AS MATERIALIZED (SELECT bodies.*,
      sha256(outer_pad || sha256(inner_pad || '"past"'::bytea)) AS actor_hash,
      sha256(outer_pad || sha256(inner_pad || convert_to(format('{"audit":null,"document":%s,'
        '"mutation_id":"%s","object_id":"user-%s","object_type":"user","reason":null}',
        document, mutation_id, n), 'UTF8'))) AS body_hash
    FROM bodies, pads)
  SELECT seq, 'user', n, $0, document::jsonb, action, 'past', '2024-01-01', mutation_id, changed,
    'none', 1, decode(repeat('00', 16), 'hex'), decode(repeat('00', 16), 'hex'), body_hash,
    actor_hash, prev_hash, sha256('\x00'::bytea || convert_to(format('{"action":"%s",'
      '"actor_hash":"%s","auth":"none","body_hash":"%s","changed_fields":["%s"],'
      '"committed_at":"1704067200000000","format":"usersync.version.1","prev_hash":"%s",'
      '"seq":"%s","version":"$0"}', action, encode(actor_hash, 'hex'), encode(body_hash, 'hex'),
      array_to_string(changed, '","'), encode(prev_hash, 'hex'), seq), 'UTF8'))
  FROM sealed)";

// $0: the sequence after which the newest versions come.
constexpr char kUsers[] = R"(
INSERT INTO users (id, email, status, role, created_at, updated_at, doc_id, document, version,
    deleted, seq, hash, create_time, update_time)
  SELECT object_id, json->>'email', json->>'status', json->>'role',
    (json->>'created_at')::timestamptz, (json->>'updated_at')::timestamptz, json->>'id', json,
    version, false, id, hash, created_at, created_at
  FROM version WHERE id > $0;
INSERT INTO email_address SELECT email, id FROM users;
SELECT setval('users_id_seq', (SELECT max(id) FROM users));
UPDATE feed SET head = (SELECT max(id) FROM version), last_at = '2024-01-01';
ANALYZE version; ANALYZE users; ANALYZE email_address)";

}  // namespace

void WriteLongHistory(Database& owner) {
  Must(owner.Query(absl::Substitute("SELECT add_version_partitions($0)", kHistoryVersions + 1)));
  for (int64_t round = 1; round <= kHistoryRounds; ++round) {
    Must(owner.Query(absl::Substitute(kRound, round, kHistoryUsers)));
  }
  Must(owner.Query(absl::Substitute(kUsers, kHistoryVersions - kHistoryUsers)));
}

}  // namespace usersync::tests
