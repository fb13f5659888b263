#include "tests/bench/large.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

constexpr int64_t kVersionsPerUser = 100;
constexpr int64_t kVersionsAtOnce = 500000;

// The versions $0 to $1: the user of version i is i / 100, its document 300 bytes.
constexpr char kVersions[] = R"(
INSERT INTO version (id, object_type, object_id, version, json, action, actor, created_at,
    mutation_id, changed_fields, auth, format, body_salt, actor_salt, body_hash, actor_hash,
    prev_hash, hash)
  SELECT i, 'user', u, 1 + (i - 1) % $2, jsonb_build_object('id', 'old-' || u, 'email',
      'old-' || u || '@example.com', 'status', repeat('x', 40), 'role', 'user', 'created_at',
      '2024-01-01T00:00:00Z', 'updated_at', '2024-01-01T00:00:00Z', '_deleted', false),
    CASE WHEN (i - 1) % $2 = 0 THEN 'create' ELSE 'update' END, 'frontend-client', 'epoch',
    'USERS_UPDATE:' || i, '{status,updated_at}', 'none', 1, decode(md5(i::text), 'hex'),
    decode(md5(i::text), 'hex'), sha256(i::text::bytea), sha256(i::text::bytea),
    sha256(i::text::bytea), sha256(i::text::bytea)
  FROM (SELECT i, 1 + (i - 1) / $2 AS u FROM generate_series($0::bigint, $1::bigint) i) n)";

constexpr char kUsers[] = R"(
INSERT INTO users (id, email, status, role, created_at, updated_at, doc_id, document, version,
    deleted, seq, hash, create_time, update_time)
  SELECT object_id, json->>'email', json->>'status', json->>'role', 'epoch', 'epoch', json->>'id',
    json, version, false, id, hash, created_at, created_at
  FROM version WHERE id % $0 = 0 AND id <= $1;
INSERT INTO email_address SELECT email, id FROM users WHERE id <= $1 / $0;
SELECT setval('users_id_seq', (SELECT max(id) FROM users));
UPDATE feed SET head = $1, last_at = now())";

}  // namespace

void FillWithVersions(Line& line, int64_t versions) {
  versions = std::max<int64_t>(1, versions / kVersionsPerUser) * kVersionsPerUser;
  Database& owner = line.owner();
  Must(owner.Query(absl::StrCat("SELECT add_version_partitions(", versions + 1, ")")));
  for (int64_t first = 1; first <= versions; first += kVersionsAtOnce) {
    const int64_t last = std::min(first + kVersionsAtOnce - 1, versions);
    Must(owner.Query(absl::Substitute(kVersions, first, last, kVersionsPerUser)));
  }
  Must(owner.Query(absl::Substitute(kUsers, kVersionsPerUser, versions)));
  Must(owner.Query("ANALYZE version; ANALYZE users; CHECKPOINT"));
}

}  // namespace usersync::tests
