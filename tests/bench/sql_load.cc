#include "tests/bench/sql_load.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <pqxx/pqxx>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/bench/bench_document.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

constexpr char kNaiveTables[] = R"(
DROP SCHEMA IF EXISTS bench_naive CASCADE; CREATE SCHEMA bench_naive; SET search_path = bench_naive;
CREATE TABLE users (id BIGSERIAL PRIMARY KEY, email VARCHAR NOT NULL UNIQUE,
  status VARCHAR NOT NULL, role VARCHAR, created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW());
CREATE TABLE version (id BIGSERIAL PRIMARY KEY, object_type VARCHAR NOT NULL,
  object_id BIGINT NOT NULL, version INTEGER NOT NULL, json JSONB NOT NULL,
  action VARCHAR NOT NULL, actor VARCHAR NOT NULL, created_at TIMESTAMPTZ DEFAULT NOW());
CREATE INDEX ON version (object_id);)";

constexpr char kBatchedTables[] = R"(
DROP SCHEMA IF EXISTS bench_batched CASCADE; CREATE SCHEMA bench_batched;
CREATE TABLE bench_batched.users (LIKE public.users INCLUDING ALL);
CREATE TABLE bench_batched.version (LIKE public.version INCLUDING ALL);)";

// $1 holds the rows of one batch; $2 moves their sequences and versions on, so that the same rows
// can be sent again.
constexpr char kBatchedStatement[] = R"(
WITH change AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(i BIGINT, o BIGINT, j JSONB, f TEXT[])
), written AS (
  INSERT INTO bench_batched.version (id, object_type, object_id, version, json, action, actor,
      created_at, mutation_id, changed_fields, auth, format, body_salt, actor_salt, body_hash,
      actor_hash, prev_hash, hash)
    SELECT i + $2, 'user', o, $2 / 1000 + 2, j, 'update', 'frontend-client', now(),
      'USERS_UPDATE:' || (i + $2), f, 'none', 1, $3::bytea, $3::bytea, $4::bytea, $4::bytea,
      $4::bytea, $4::bytea FROM change
)
UPDATE bench_batched.users SET email = j->>'email', status = j->>'status', role = j->>'role',
    created_at = (j->>'created_at')::timestamptz, updated_at = (j->>'updated_at')::timestamptz,
    document = j, version = users.version + 1, seq = i + $2, hash = $4::bytea, update_time = now()
  FROM change WHERE users.id = o)";

// Runs `work(client, connection, stop)` in so many threads; returns how often it was done per
// second.
using Work =
    std::function<int64_t(int client, pqxx::connection& connection, const std::atomic<bool>& stop)>;
double RunClients(const std::string& url, int clients, absl::Duration time, const Work& work) {
  std::atomic<bool> stop = false;
  std::atomic<int64_t> done = 0;
  std::vector<std::unique_ptr<pqxx::connection>> connections;
  for (int i = 0; i < clients; ++i) connections.push_back(std::make_unique<pqxx::connection>(url));
  const absl::Time begun = absl::Now();
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] { done += work(i, *connections[i], stop); });
  }
  absl::SleepFor(time);
  stop = true;
  for (auto& thread : threads) thread.join();
  return static_cast<double>(done) / absl::ToDoubleSeconds(absl::Now() - begun);
}

int64_t NaiveClient(int client, pqxx::connection& connection, const std::atomic<bool>& stop,
                    int users) {
  connection.prepare("read", "SELECT * FROM bench_naive.users WHERE id = $1 FOR UPDATE");
  connection.prepare("write",
                     "UPDATE bench_naive.users SET status = $2, updated_at = now() WHERE id = $1");
  connection.prepare("count", "SELECT count(*) FROM bench_naive.version WHERE object_id = $1");
  connection.prepare("insert",
                     "INSERT INTO bench_naive.version (object_type, object_id, version, json, "
                     "action, actor) VALUES ('user', $1, $2, $3, 'update', 'frontend-client')");
  int64_t done = 0;
  for (; !stop; ++done) {
    const int64_t id = 1 + (client * 7919 + done) % users;
    pqxx::work transaction(connection);
    transaction.exec_prepared("read", id);
    transaction.exec_prepared("write", id, absl::StrCat("s", done));
    const auto count = transaction.exec_prepared("count", id)[0][0].as<int64_t>();
    transaction.exec_prepared("insert", id, count + 1, BenchDocument(id, done));
    transaction.commit();
  }
  return done;
}

std::string BatchRows(int first_user, int users, int size) {
  std::string rows = "[";
  for (int i = 0; i < size; ++i) {
    const int user = first_user + i % users;
    absl::StrAppend(&rows, i > 0 ? "," : "", "{\"i\":", i + 1, ",\"o\":", user,
                    ",\"f\":[\"status\",\"updated_at\"],\"j\":", BenchDocument(user, i), "}");
  }
  return rows + "]";
}

}  // namespace

double MeasureNaive(Line& line, const SqlLoad& load) {
  const std::string& url = line.preparation().owner_database_url;
  Must(line.owner().Query(kNaiveTables));
  Must(line.owner().Query(
      absl::StrCat("INSERT INTO bench_naive.users (email, status, role) SELECT 'user-' || n || "
                   "'@example.com', 'active', 'user' FROM generate_series(1, ",
                   load.users, ") n")));
  double best = 0;
  for (const int clients : {1, 4, 8, 16, 32}) {
    const double rate =
        RunClients(url, clients, load.time,
                   [&](int client, pqxx::connection& connection, const std::atomic<bool>& stop) {
                     return NaiveClient(client, connection, stop, load.users);
                   });
    best = std::max(best, rate);
  }
  Must(line.owner().Query("DROP SCHEMA bench_naive CASCADE"));
  return best;
}

double MeasureBatched(Line& line, const SqlLoad& load) {
  const std::string& url = line.preparation().owner_database_url;
  const std::string salt = "\\x" + std::string(32, 'a');
  const std::string hash = "\\x" + std::string(64, 'b');
  double best = 0;
  for (const int connections : {1, 2}) {
    for (const int size : {256, 512, 1000}) {
      Must(line.owner().Query(kBatchedTables));
      Must(line.owner().Query(absl::StrCat(
          "INSERT INTO bench_batched.users (id, email, status, role, created_at, updated_at, "
          "doc_id, document, version, deleted, seq, hash, create_time, update_time) "
          "SELECT n, 'user-' || n || '@example.com', 'active', 'user', now(), now(), 'user-' || n, "
          "'{}', 1, false, n, '",
          hash, "', now(), now() FROM generate_series(1, ", load.users, ") n")));
      std::atomic<int64_t> next = 0;
      const double rate = RunClients(
          url, connections, load.time,
          [&](int client, pqxx::connection& connection, const std::atomic<bool>& stop) {
            // Each connection has users of its own: none waits for the other.
            const int users = load.users / connections;
            const std::string rows = BatchRows(1 + client * users, users, std::min(size, users));
            const int64_t count = std::min(size, users);
            connection.prepare("write", kBatchedStatement);
            int64_t done = 0;
            for (; !stop; done += count) {
              pqxx::work transaction(connection);
              transaction.exec_prepared("write", rows, next.fetch_add(count), salt, hash);
              transaction.commit();
            }
            return done;
          });
      best = std::max(best, rate);
    }
  }
  Must(line.owner().Query("DROP SCHEMA bench_batched CASCADE"));
  return best;
}

}  // namespace usersync::tests
