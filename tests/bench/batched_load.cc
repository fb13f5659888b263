#include "tests/bench/batched_load.h"

#include <algorithm>
#include <random>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "tests/bench/bench_document.h"
#include "tests/bench/quiet_start.h"
#include "tests/bench/report.h"
#include "tests/bench/sql_clients.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

// Salts and hashes of one version: 2 of 16 bytes, 4 of 32.
constexpr size_t kDigestBytes = 160;

constexpr int64_t kPartitionSize = 1 << 20;
// More than one machine commits.
constexpr int64_t kMostPerSecond = 200000;

// $0 is how many users, $1 how many partitions, $2 the size of one, $3 a document of user 0.
constexpr char kTables[] = R"(
DROP SCHEMA IF EXISTS bench_batched CASCADE;
CREATE SCHEMA bench_batched;
CREATE TABLE bench_batched.users (LIKE public.users INCLUDING ALL);
CREATE TABLE bench_batched.version (LIKE public.version INCLUDING ALL) PARTITION BY RANGE (id);
DO $$$$ BEGIN
  FOR k IN 0 .. $1 - 1 LOOP
    EXECUTE format('CREATE TABLE bench_batched.version_p%s PARTITION OF bench_batched.version '
      'FOR VALUES FROM (%s) TO (%s)', k, k * $2::bigint + 1, (k + 1) * $2::bigint + 1);
  END LOOP;
END $$$$;
INSERT INTO bench_batched.users (id, email, status, role, created_at, updated_at, doc_id, document,
    version, deleted, seq, hash, create_time, update_time)
  SELECT n, 'user-' || n || '@example.com', 'active', 'user', now(), now(), 'user-' || n, '$3', 1,
    false, n, sha256(n::text::bytea), now(), now() FROM generate_series(1, $0) n;
ANALYZE bench_batched.users)";

// $1 holds the rows of one batch, $2 their digests, $3 the sequence before them, $4 the version
// that they make of their users.
constexpr char kWrite[] = R"(
WITH change AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(i INTEGER, o BIGINT, j JSONB, f TEXT[])
), digest AS MATERIALIZED (
  SELECT $2::bytea AS d
), written AS (
  INSERT INTO bench_batched.version (id, object_type, object_id, version, json, action, actor,
      created_at, mutation_id, changed_fields, auth, format, body_salt, actor_salt, body_hash,
      actor_hash, prev_hash, hash)
    SELECT $3::bigint + i, 'user', o, $4::integer, j, 'update', 'frontend-client', now(),
      'USERS_UPDATE:' || ($3::bigint + i) || ':1700000000000000000', f, 'none', 1,
      substr(d, i * 160 - 159, 16), substr(d, i * 160 - 143, 16), substr(d, i * 160 - 127, 32),
      substr(d, i * 160 - 95, 32), substr(d, i * 160 - 63, 32), substr(d, i * 160 - 31, 32)
    FROM change, digest
)
UPDATE bench_batched.users SET email = j->>'email', status = j->>'status', role = j->>'role',
    created_at = (j->>'created_at')::timestamptz, updated_at = (j->>'updated_at')::timestamptz,
    document = j, version = $4::integer, deleted = (j->>'_deleted')::boolean,
    seq = $3::bigint + i, hash = substr(d, i * 160 - 31, 32), update_time = now()
  FROM change, digest WHERE users.id = o)";

// How the users of a bench are edited: batches of `size` by each of `connections`.
struct Shape {
  int connections;
  int size;
};

std::string RowsOf(int first_user, int size) {
  std::string rows = "[";
  for (int i = 0; i < size; ++i) {
    absl::StrAppend(&rows, i > 0 ? "," : "", "{\"i\":", i + 1, ",\"o\":", first_user + i,
                    ",\"f\":[\"status\",\"updated_at\"],\"j\":", BenchDocument(first_user + i, i),
                    "}");
  }
  return rows + "]";
}

std::string RandomDigests(int count) {
  std::mt19937_64 random(count);
  std::string bytes(count * kDigestBytes, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return "\\x" + absl::BytesToHexString(bytes);
}

// The batches are made before the clock runs: only SQL is measured.
std::vector<std::string> BatchesOf(int first_user, int users, int size) {
  std::vector<std::string> batches;
  for (int begin = 0; begin + size <= users; begin += size) {
    batches.push_back(RowsOf(first_user + begin, size));
  }
  return batches;
}

double MeasureShape(Line& line, int users, absl::Duration time, const Shape& shape) {
  const int64_t partitions =
      1 + static_cast<int64_t>(absl::ToDoubleSeconds(time)) * kMostPerSecond / kPartitionSize;
  Must(line.owner().Query(
      absl::Substitute(kTables, users, partitions + 1, kPartitionSize, BenchDocument(0, 0))));
  const int own_users = users / shape.connections;
  std::vector<std::vector<std::string>> batches;
  for (int i = 0; i < shape.connections; ++i) {
    batches.push_back(BatchesOf(1 + i * own_users, own_users, shape.size));
  }
  const std::string digests = RandomDigests(shape.size);
  std::atomic<int64_t> head = 0;
  StartQuietly(line);
  return RunSqlClients(
      line.preparation().owner_database_url, shape.connections, time,
      [&](int client, pqxx::connection& connection, const std::atomic<bool>& stop) {
        const std::vector<std::string>& own = batches.at(client);
        connection.prepare("write", kWrite);
        int64_t rounds = 0;
        for (; !stop; ++rounds) {
          const auto batch = static_cast<size_t>(rounds) % own.size();
          const int64_t version = 2 + rounds / static_cast<int64_t>(own.size());
          pqxx::work transaction(connection);
          transaction.exec_prepared("write", own[batch], digests, head.fetch_add(shape.size),
                                    version);
          transaction.commit();
        }
        return rounds * shape.size;
      });
}

}  // namespace

double MeasureBatched(Line& line, int users, absl::Duration time) {
  double best = 0;
  for (const int connections : {1, 2, 4}) {
    for (const int size : {250, 500, 1000}) {
      if (size * connections > users) continue;
      const double rate = MeasureShape(line, users, time, {connections, size});
      Note(absl::StrCat("batched, ", connections, " connections, ", size,
                        " changes each time: ", static_cast<int64_t>(rate), " changes/s"));
      best = std::max(best, rate);
    }
  }
  Must(line.owner().Query("DROP SCHEMA bench_batched CASCADE"));
  return best;
}

}  // namespace usersync::tests
