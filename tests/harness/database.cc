#include "tests/harness/database.h"

#include "tests/harness/must.h"

namespace usersync::tests {

absl::StatusOr<std::unique_ptr<Database>> Database::Connect(const std::string& url) {
  std::unique_ptr<Database> database(new Database(url));
  if (const auto answer = database->Query("SELECT 1"); !answer.ok()) return answer.status();
  return database;
}

absl::StatusOr<pqxx::result> Database::Query(const std::string& sql) {
  auto rows = Run("BEGIN", {sql});
  if (!rows.ok()) return rows.status();
  return std::move(rows->front());
}

absl::StatusOr<std::vector<pqxx::result>> Database::Snapshot(
    const std::vector<std::string>& queries) {
  return Run("BEGIN ISOLATION LEVEL REPEATABLE READ", queries);
}

absl::StatusOr<std::vector<pqxx::result>> Database::Run(const std::string& begin,
                                                        const std::vector<std::string>& queries) {
  try {
    if (connection_ == nullptr) connection_ = std::make_unique<pqxx::connection>(url_);
    pqxx::nontransaction statements(*connection_);
    std::vector<pqxx::result> results;
    statements.exec(begin);
    for (const std::string& query : queries) results.push_back(statements.exec(query));
    statements.exec("COMMIT");
    return results;
  } catch (const pqxx::sql_error& error) {
    connection_.reset();
    return absl::InternalError(error.what());
  } catch (const std::exception& error) {
    connection_.reset();
    return absl::UnavailableError(error.what());
  }
}

int64_t Database::Number(const std::string& sql) {
  return Must(Query(sql)).at(0).at(0).as<int64_t>();
}

std::string Database::Text(const std::string& sql) { return Must(Query(sql)).at(0).at(0).c_str(); }

}  // namespace usersync::tests
