#include "tests/bench/naive_load.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "tests/bench/bench_document.h"
#include "tests/bench/quiet_start.h"
#include "tests/bench/report.h"
#include "tests/bench/sql_clients.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

// $0 is how many users.
constexpr char kTables[] = R"(
DROP SCHEMA IF EXISTS bench_naive CASCADE;
CREATE SCHEMA bench_naive;
CREATE TABLE bench_naive.users (id BIGSERIAL PRIMARY KEY, email VARCHAR NOT NULL UNIQUE,
  status VARCHAR NOT NULL, role VARCHAR, created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW());
CREATE TABLE bench_naive.version (id BIGSERIAL PRIMARY KEY, object_type VARCHAR NOT NULL,
  object_id BIGINT NOT NULL, version INTEGER NOT NULL, json JSONB NOT NULL,
  action VARCHAR NOT NULL, actor VARCHAR NOT NULL, created_at TIMESTAMPTZ DEFAULT NOW());
CREATE INDEX ON bench_naive.version (object_id);
INSERT INTO bench_naive.users (email, status, role)
  SELECT n || '@example.com', 'active', 'user' FROM generate_series(1, $0) n;
ANALYZE bench_naive.users)";

void Prepare(pqxx::connection& connection) {
  connection.prepare("read", "SELECT * FROM bench_naive.users WHERE id = $1 FOR UPDATE");
  connection.prepare("write",
                     "UPDATE bench_naive.users SET email = $2, status = $3, role = $4, "
                     "updated_at = now() WHERE id = $1");
  connection.prepare("count",
                     "SELECT count(*) FROM bench_naive.version "
                     "WHERE object_type = 'user' AND object_id = $1");
  connection.prepare("insert",
                     "INSERT INTO bench_naive.version (object_type, object_id, version, json, "
                     "action, actor) VALUES ('user', $1, $2, $3, 'update', 'frontend-client')");
}

int64_t EditOneByOne(int client, pqxx::connection& connection, const std::atomic<bool>& stop,
                     int users) {
  Prepare(connection);
  int64_t done = 0;
  for (; !stop; ++done) {
    // Far apart, so that clients seldom wait for each other.
    const int64_t id = 1 + (client * 7919 + done) % users;
    pqxx::work transaction(connection);
    transaction.exec_prepared("read", id);
    transaction.exec_prepared("write", id, BenchEmail(id), BenchStatus(done), "user");
    const auto count = transaction.exec_prepared("count", id)[0][0].as<int64_t>();
    transaction.exec_prepared("insert", id, count + 1, BenchDocument(id, done));
    transaction.commit();
  }
  return done;
}

}  // namespace

double MeasureNaive(Line& line, int users, absl::Duration time) {
  double best = 0;
  for (const int clients : {1, 4, 8, 16, 32}) {
    Must(line.owner().Query(absl::Substitute(kTables, users)));
    StartQuietly(line);
    const double rate =
        RunSqlClients(line.preparation().owner_database_url, clients, time,
                      [&](int client, pqxx::connection& connection, const std::atomic<bool>& stop) {
                        return EditOneByOne(client, connection, stop, users);
                      });
    Note(absl::StrCat("naive, ", clients, " clients: ", static_cast<int64_t>(rate), " changes/s"));
    best = std::max(best, rate);
  }
  Must(line.owner().Query("DROP SCHEMA bench_naive CASCADE"));
  return best;
}

}  // namespace usersync::tests
