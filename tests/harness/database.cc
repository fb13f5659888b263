#include "tests/harness/database.h"

#include "tests/harness/must.h"

namespace usersync::tests {

absl::StatusOr<std::unique_ptr<Database>> Database::Connect(const std::string& url) {
  std::unique_ptr<Database> database(new Database(url));
  if (const auto answer = database->Query("SELECT 1"); !answer.ok()) return answer.status();
  return database;
}

absl::StatusOr<pqxx::result> Database::Query(const std::string& sql) {
  try {
    if (connection_ == nullptr) connection_ = std::make_unique<pqxx::connection>(url_);
    pqxx::work transaction(*connection_, "look");
    pqxx::result rows = transaction.exec(sql);
    transaction.commit();
    return rows;
  } catch (const pqxx::broken_connection& error) {
    connection_.reset();
    return absl::UnavailableError(error.what());
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

int64_t Database::Number(const std::string& sql) {
  return Must(Query(sql)).at(0).at(0).as<int64_t>();
}

std::string Database::Text(const std::string& sql) { return Must(Query(sql)).at(0).at(0).c_str(); }

}  // namespace usersync::tests
