#include "tests/bench/sql_clients.h"

#include <future>
#include <memory>
#include <vector>

#include "absl/time/clock.h"

namespace usersync::tests {

double RunSqlClients(const std::string& url, int clients, absl::Duration time,
                     const SqlClient& client) {
  std::atomic<bool> stop = false;
  std::vector<std::unique_ptr<pqxx::connection>> connections;
  for (int i = 0; i < clients; ++i) connections.push_back(std::make_unique<pqxx::connection>(url));
  const absl::Time begun = absl::Now();
  std::vector<std::future<int64_t>> running;
  for (int i = 0; i < clients; ++i) {
    running.push_back(
        std::async(std::launch::async, [&, i] { return client(i, *connections[i], stop); }));
  }
  absl::SleepFor(time);
  stop = true;
  int64_t done = 0;
  for (auto& one : running) done += one.get();
  return static_cast<double>(done) / absl::ToDoubleSeconds(absl::Now() - begun);
}

}  // namespace usersync::tests
