#include "store/session.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace usersync::store {
namespace {

// Detects a peer that is gone without a word within about half a minute.
constexpr char kKeepalive[] =
    "connect_timeout=5&keepalives=1&keepalives_idle=10&keepalives_interval=5&keepalives_count=3"
    "&tcp_user_timeout=20000&application_name=usersync-store";

std::string WithKeepalive(const std::string& url) {
  return absl::StrCat(url, url.find('?') == std::string::npos ? "?" : "&", kKeepalive);
}

// Classes of SQLSTATE with which the database refuses data: data exception, integrity
// constraint, program limit, raised by a trigger.
bool RefusesData(absl::string_view sqlstate) {
  const absl::string_view kind = sqlstate.substr(0, 2);
  return kind == "22" || kind == "23" || kind == "54" || kind == "P0";
}

// Classes with which the server says that it, not the statement, is at fault: connection,
// rollback, resources, operator, system, and a transaction already failed or timed out.
bool MayPass(absl::string_view sqlstate) {
  const absl::string_view kind = sqlstate.substr(0, 2);
  return sqlstate.empty() || kind == "08" || kind == "25" || kind == "40" || kind == "53" ||
         kind == "55" || kind == "57" || kind == "58";
}

}  // namespace

absl::Status FromPqxx(const std::exception& error) {
  if (dynamic_cast<const pqxx::broken_connection*>(&error) != nullptr) {
    return absl::UnavailableError("the connection to the database is lost");
  }
  const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error);
  if (sql == nullptr) return absl::InternalError("the database client failed");
  const std::string sqlstate = sql->sqlstate();
  if (RefusesData(sqlstate)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the database refuses the data (SQLSTATE ", sqlstate, ")"));
  }
  const std::string text = absl::StrCat("the database failed (SQLSTATE ", sqlstate, ")");
  return MayPass(sqlstate) ? absl::UnavailableError(text) : absl::InternalError(text);
}

class Session::Receiver : public pqxx::notification_receiver {
 public:
  using pqxx::notification_receiver::notification_receiver;
  void operator()(const std::string& payload, int) override {
    int64_t number = 0;
    if (absl::SimpleAtoi(payload, &number)) greatest = std::max(greatest, number);
  }

  int64_t greatest = 0;
};

Session::Session(const Options& options) : connection_(WithKeepalive(options.url)) {
  transaction_ = std::make_unique<pqxx::nontransaction>(connection_);
  transaction_->exec(absl::StrCat(
      "SET lock_timeout = ", absl::ToInt64Milliseconds(options.lock_timeout),
      "; SET statement_timeout = ", absl::ToInt64Milliseconds(options.statement_timeout),
      "; SET idle_in_transaction_session_timeout = ",
      absl::ToInt64Milliseconds(options.idle_in_transaction_timeout),
      "; SET timezone = 'UTC'; SET search_path = public; SET standard_conforming_strings = on"
      "; SET client_encoding = 'UTF8'"
      // An acknowledged change must be on disk: at least `on`, whatever the server's default.
      "; SELECT set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit')"
      " IN ('on', 'remote_apply') THEN current_setting('synchronous_commit') ELSE 'on' END,"
      " false)"));
}

Session::~Session() = default;

absl::StatusOr<std::unique_ptr<Session>> Session::Connect(const Options& options) {
  try {
    return std::unique_ptr<Session>(new Session(options));
  } catch (const std::exception& error) {
    return FromPqxx(error);
  }
}

absl::StatusOr<pqxx::result> Session::Exec(const std::string& sql) {
  return Guard([&] { return transaction_->exec(sql); });
}

absl::Status Session::Prepare(const std::string& name, const std::string& sql) {
  try {
    connection_.prepare(name, sql);
    return absl::OkStatus();
  } catch (const std::exception& error) {
    return Failed(error);
  }
}

absl::Status Session::Listen(const std::string& channel) {
  try {
    // libpqxx allows no receiver while a transaction object lives; this session only listens.
    transaction_.reset();
    receiver_ = std::make_unique<Receiver>(connection_, channel);
    return absl::OkStatus();
  } catch (const std::exception& error) {
    return Failed(error);
  }
}

absl::StatusOr<int64_t> Session::AwaitNotification(absl::Duration timeout) {
  try {
    const int64_t micros = absl::ToInt64Microseconds(timeout);
    connection_.await_notification(micros / 1000000, micros % 1000000);
    return receiver_->greatest;
  } catch (const std::exception& error) {
    return Failed(error);
  }
}

absl::Status Session::Failed(const std::exception& error) {
  const absl::Status status = FromPqxx(error);
  if (absl::IsUnavailable(status) || !connection_.is_open()) broken_ = true;
  return status;
}

}  // namespace usersync::store
