// One connection to PostgreSQL. The wall between libpqxx and the store: what it throws becomes
// a Status here. Not thread-safe.
//
// Errors: UNAVAILABLE if the connection or the server is gone or busy: the session is broken,
// make a new one. INVALID_ARGUMENT if the database refuses the data (a constraint, a value it
// cannot hold). INTERNAL for anything else. Texts hold the SQLSTATE, never SQL or data.
#pragma once

#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace usersync::store {

// Translates a libpqxx exception.
absl::Status FromPqxx(const std::exception& error);

class Session {
 public:
  struct Options {
    std::string url;
    // Bounds on what a dead or slow peer can hold up.
    absl::Duration lock_timeout = absl::Seconds(10);
    absl::Duration statement_timeout = absl::Seconds(30);
    absl::Duration idle_in_transaction_timeout = absl::Seconds(10);
  };

  static absl::StatusOr<std::unique_ptr<Session>> Connect(const Options& options);

  // Runs one or more statements; returns the result of the last.
  absl::StatusOr<pqxx::result> Exec(const std::string& sql);

  // Runs one statement with parameters.
  template <typename... Args>
  absl::StatusOr<pqxx::result> ExecParams(const std::string& sql, const Args&... args) {
    return Guard([&] { return transaction_->exec_params(sql, args...); });
  }

  // Declares a statement, prepared by the server at its first use.
  absl::Status Prepare(const std::string& name, const std::string& sql);

  template <typename... Args>
  absl::StatusOr<pqxx::result> ExecPrepared(const std::string& name, const Args&... args) {
    return Guard([&] { return transaction_->exec_prepared(name, args...); });
  }

  // Waits for notifications of the channel for at most `timeout`. Returns the greatest number
  // among their payloads so far, 0 before the first.
  absl::StatusOr<int64_t> AwaitNotification(absl::Duration timeout);
  absl::Status Listen(const std::string& channel);

  ~Session();

  // Whether an error has broken the connection.
  bool broken() const { return broken_; }

 private:
  class Receiver;

  explicit Session(const Options& options);

  template <typename Call>
  absl::StatusOr<pqxx::result> Guard(Call call) {
    if (broken_) return absl::UnavailableError("the connection to the database is lost");
    try {
      return call();
    } catch (const std::exception& error) {
      return Failed(error);
    }
  }
  absl::Status Failed(const std::exception& error);

  pqxx::connection connection_;
  // Statements run outside of libpqxx's own transactions: the store begins and commits itself,
  // to send several statements in one round trip.
  std::unique_ptr<pqxx::nontransaction> transaction_;
  std::unique_ptr<Receiver> receiver_;
  bool broken_ = false;
};

}  // namespace usersync::store
