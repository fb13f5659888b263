// The numbered SQL files of store/migrations/, compiled in, and what of them a database has.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/session.h"

namespace usersync::store {

struct Migration {
  int number;
  std::string name;
  std::string sql;
};

// In order of their numbers.
const std::vector<Migration>& Migrations();

// One line a migration: number, name, when it was applied.
absl::StatusOr<std::vector<std::string>> MigrationStatus(Session& session);

// Applies what is missing in one transaction, under a lock that keeps others out; adopts a
// seed's database. Returns one line for each thing done. Nothing is done if anything fails.
absl::StatusOr<std::vector<std::string>> MigrateUp(Session& session);

// FAILED_PRECONDITION, saying what to run, unless the database has exactly these migrations.
absl::Status CheckSchema(Session& session);

}  // namespace usersync::store
