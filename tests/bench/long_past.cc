#include "tests/bench/long_past.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "tests/bench/bench_document.h"
#include "tests/bench/report.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

constexpr int64_t kVersionsPerUser = 100;
constexpr int64_t kVersionsAtOnce = 250000;
constexpr int kWriters = 2;
constexpr absl::Duration kMostForLog = absl::Minutes(30);

// The versions $0 to $1, $2 of each user; $3 is a document of user 0 with edit 0, whose id $4 is
// replaced, and whose status $5 by one that no edit of the bench makes again: that would be no
// change. The hashes look like hashes, and nobody checks them here.
constexpr char kVersions[] = R"(
SET LOCAL synchronous_commit = off;
INSERT INTO version (id, object_type, object_id, version, json, action, actor, created_at,
    mutation_id, changed_fields, auth, format, body_salt, actor_salt, body_hash, actor_hash,
    prev_hash, hash)
  SELECT i, 'user', u, v,
    replace(replace('$3', '$4', 'user-' || lpad(u::text, 8, '0')), '$5',
      'past-' || lpad(v::text, 16, '0'))::jsonb,
    CASE WHEN v = 1 THEN 'create' ELSE 'update' END, 'frontend-client', 'epoch',
    'USERS_UPDATE:' || i || ':1700000000000000000', '{status,updated_at}', 'none', 1,
    substr(h, 1, 16), substr(h, 17, 16), h, h, h, h
  FROM (SELECT i, 1 + (i - 1) / $2 AS u, 1 + (i - 1) % $2 AS v, sha256(i::text::bytea) AS h
    FROM generate_series($0::bigint, $1::bigint) i) n)";

// $0 versions of each user, $1 in all.
constexpr char kUsers[] = R"(
INSERT INTO users (id, email, status, role, created_at, updated_at, doc_id, document, version,
    deleted, seq, hash, create_time, update_time)
  SELECT object_id, json->>'email', json->>'status', json->>'role',
    (json->>'created_at')::timestamptz, (json->>'updated_at')::timestamptz, json->>'id', json,
    version, false, id, hash, created_at, created_at
  FROM version WHERE id % $0 = 0 AND id <= $1;
INSERT INTO email_address SELECT email, id FROM users;
SELECT setval('users_id_seq', (SELECT max(id) FROM users));
UPDATE feed SET head = $1, last_at = now();
ANALYZE version; ANALYZE users; ANALYZE email_address)";

// Takes one piece after the other until none is left.
void WriteVersions(const std::string& url, int64_t versions, std::atomic<int64_t>& next) {
  const auto database = Must(Database::Connect(url));
  for (int64_t first; (first = next.fetch_add(kVersionsAtOnce)) <= versions;) {
    const int64_t last = std::min(first + kVersionsAtOnce - 1, versions);
    Must(database->Query(absl::Substitute(kVersions, first, last, kVersionsPerUser,
                                          BenchDocument(0, 0), BenchUserId(0), BenchStatus(0))));
    if (last % (10 * kVersionsAtOnce) == 0) Note(absl::StrCat("large: ", last, " versions"));
  }
}

void FillTables(Line& line, int64_t versions) {
  Must(line.owner().Query(absl::StrCat("SELECT add_version_partitions(", versions + 1, ")")));
  std::atomic<int64_t> next = 1;
  std::vector<std::future<void>> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.push_back(std::async(std::launch::async, [&] {
      WriteVersions(line.preparation().owner_database_url, versions, next);
    }));
  }
  for (auto& writer : writers) writer.get();
  Must(line.owner().Query(absl::Substitute(kUsers, kVersionsPerUser, versions)));
}

// A store that starts first puts the versions into its log, which takes longer than is waited for
// a store to start.
void AwaitLog(Line& line) {
  Note("large: the log is built");
  line.store().Begin();
  const bool built = Eventually(
      [&] {
        return line.reader().Number("SELECT log_edge.size - feed.head FROM log_edge, feed") == 0;
      },
      kMostForLog);
  line.store().Terminate();
  if (!built) throw std::runtime_error("the log over the past is not built");
}

// The checkpoint of the newest version.
std::string NewestCheckpoint(const Line& line) {
  StoreStub stub = line.Stub("bridge");
  const auto context = stub.Context();
  users::v1::WatchRequest request;
  request.set_start(users::v1::WATCH_START_NOW);
  request.mutable_heartbeat_interval()->set_seconds(1);
  const auto stream = stub.feed().Watch(context.get(), request);
  users::v1::WatchResponse response;
  if (!stream->Read(&response)) throw std::runtime_error(stream->Finish().error_message());
  context->TryCancel();
  return response.checkpoint();
}

}  // namespace

void StartWithLongPast(Line& line, int64_t versions) {
  versions = std::max<int64_t>(1, versions / kVersionsPerUser) * kVersionsPerUser;
  FillTables(line, versions);
  AwaitLog(line);
  line.store().Start();
  Must(line.bridge().Run({"setup-streams"}, "operator").status());
  // A broadcaster that finds an empty stream would first broadcast the past.
  Must(line.Client("operator")
           ->Publish({.subject = "users.broadcast",
                      .payload = "{}",
                      .headers = {{"Users-Seq", absl::StrCat(versions)},
                                  {"Users-Checkpoint", NewestCheckpoint(line)}}}));
  line.bridge().Start();
}

}  // namespace usersync::tests
