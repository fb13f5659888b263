#include "tests/harness/postgres.h"

#include "tests/harness/database.h"

namespace usersync::tests {

Process::Options Postgres::Command() const {
  return {.name = "postgres",
          .argv = {preparation_.pg_bin + "/postgres", "-D", preparation_.pgdata},
          .log_path = preparation_.LogPath("postgres"),
          .user = preparation_.postgres_user,
          // A fast shutdown: alone, its children would live on for a while.
          .signal_of_our_death = SIGINT};
}

bool Postgres::Answers() { return Database::Connect(preparation_.owner_database_url).ok(); }

}  // namespace usersync::tests
