// A connection to PostgreSQL, for looking at what the services wrote. Not thread-safe.
#pragma once

#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace usersync::tests {

class Database {
 public:
  static absl::StatusOr<std::unique_ptr<Database>> Connect(const std::string& url);

  // Runs statements in one transaction; returns the rows of the last. UNAVAILABLE if the
  // connection is lost: the next call makes a new one.
  absl::StatusOr<pqxx::result> Query(const std::string& sql);

  // The rows of each query, all as of the same moment.
  absl::StatusOr<std::vector<pqxx::result>> Snapshot(const std::vector<std::string>& queries);

  // The only value of a query. Throws if there is none or it fails.
  int64_t Number(const std::string& sql);
  std::string Text(const std::string& sql);

 private:
  explicit Database(std::string url) : url_(std::move(url)) {}

  absl::StatusOr<std::vector<pqxx::result>> Run(const std::string& begin,
                                                const std::vector<std::string>& queries);

  const std::string url_;
  std::unique_ptr<pqxx::connection> connection_;
};

}  // namespace usersync::tests
