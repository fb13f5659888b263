#include "store/migrations.h"

#include "absl/strings/str_cat.h"
#include "store/log_builder.h"
#include "store/seed_adoption.h"

namespace usersync::store {
namespace {

constexpr char kTable[] =
    "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
    "applied_at TIMESTAMPTZ NOT NULL DEFAULT now())";

// The migrations that a database has, by number: when each was applied.
absl::StatusOr<std::vector<std::pair<int, std::string>>> Applied(Session& session) {
  std::vector<std::pair<int, std::string>> applied;
  const auto exists = session.Exec("SELECT to_regclass('public.migration') IS NOT NULL");
  if (!exists.ok()) return exists.status();
  if (!exists->front()[0].as<bool>()) return applied;
  const auto rows = session.Exec("SELECT number, applied_at FROM migration ORDER BY number");
  if (!rows.ok()) return rows.status();
  for (const pqxx::row& row : *rows) applied.emplace_back(row[0].as<int>(), row[1].c_str());
  return applied;
}

// A program that does not know all that was done to a database must leave it alone.
absl::Status CheckNotNewer(const std::vector<std::pair<int, std::string>>& applied) {
  const int newest = Migrations().empty() ? 0 : Migrations().back().number;
  if (applied.empty() || applied.back().first <= newest) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the database has migration ", applied.back().first,
                   ", and this program knows them up to ", newest, ": use a newer usersync-store"));
}

absl::StatusOr<std::vector<std::string>> ApplyMissing(Session& session) {
  const auto applied = Applied(session);
  if (!applied.ok()) return applied.status();
  if (auto status = CheckNotNewer(*applied); !status.ok()) return status;
  if (auto made = session.Exec(kTable); !made.ok()) return made.status();
  std::vector<std::string> lines;
  bool adopting = false;
  if (applied->empty()) {
    auto moved = MoveSeedAside(session);
    if (!moved.ok()) return moved.status();
    adopting = *moved;
  }
  for (const Migration& migration : Migrations()) {
    bool known = false;
    for (const auto& [number, when] : *applied) known = known || number == migration.number;
    if (known) continue;
    if (auto done = session.Exec(migration.sql); !done.ok()) {
      return absl::Status(done.status().code(), absl::StrCat("migration ", migration.name, ": ",
                                                             done.status().message()));
    }
    if (auto noted = session.ExecParams("INSERT INTO migration (number, name) VALUES ($1, $2)",
                                        migration.number, migration.name);
        !noted.ok()) {
      return noted.status();
    }
    lines.push_back(absl::StrCat("applied ", migration.name));
  }
  if (adopting) {
    auto adopted = AdoptSeed(session);
    if (!adopted.ok()) return adopted.status();
    lines.push_back(*adopted);
  }
  // The versions that were there before the log was.
  for (bool more = !lines.empty(); more;) {
    const auto step = LogBuilder::Step(session);
    if (!step.ok()) return step.status();
    more = *step;
  }
  if (auto granted = session.Exec("GRANT SELECT ON migration TO usersync_store, usersync_reader");
      !granted.ok()) {
    return granted.status();
  }
  return lines;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> MigrationStatus(Session& session) {
  const auto applied = Applied(session);
  if (!applied.ok()) return applied.status();
  std::vector<std::string> lines;
  for (const Migration& migration : Migrations()) {
    std::string when = "not applied";
    for (const auto& [number, applied_at] : *applied) {
      if (number == migration.number) when = absl::StrCat("applied ", applied_at);
    }
    lines.push_back(absl::StrCat(migration.name, "  ", when));
  }
  return lines;
}

absl::StatusOr<std::vector<std::string>> MigrateUp(Session& session) {
  // One statement may take long on a large database; another migration is waited for.
  if (auto begun = session.Exec("SET statement_timeout = 0; SET lock_timeout = 0; "
                                "SET idle_in_transaction_session_timeout = 0; BEGIN; "
                                "SELECT pg_advisory_xact_lock(7310000)");
      !begun.ok()) {
    return begun.status();
  }
  auto lines = ApplyMissing(session);
  if (!lines.ok()) {
    if (!session.broken()) (void)session.Exec("ROLLBACK");
    return lines.status();
  }
  if (auto committed = session.Exec("COMMIT"); !committed.ok()) return committed.status();
  return lines;
}

absl::Status CheckSchema(Session& session) {
  const auto applied = Applied(session);
  if (!applied.ok()) return applied.status();
  if (auto status = CheckNotNewer(*applied); !status.ok()) return status;
  bool same = applied->size() == Migrations().size();
  for (size_t i = 0; same && i < applied->size(); ++i) {
    same = (*applied)[i].first == Migrations()[i].number;
  }
  if (same) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("the database has ", applied->size(),
                                                    " of this program's ", Migrations().size(),
                                                    " migrations; run: usersync-store migrate up"));
}

}  // namespace usersync::store
