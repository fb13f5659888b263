// Clients of PostgreSQL that all work as fast as they can.
#pragma once

#include <atomic>
#include <functional>
#include <pqxx/pqxx>
#include <string>

#include "absl/time/time.h"

namespace usersync::tests {

// Works on its connection until `stop`; returns how many changes it has committed.
using SqlClient =
    std::function<int64_t(int client, pqxx::connection& connection, const std::atomic<bool>& stop)>;

// Runs so many at once, each in a thread; returns how many changes a second they commit together.
double RunSqlClients(const std::string& url, int clients, absl::Duration time,
                     const SqlClient& client);

}  // namespace usersync::tests
