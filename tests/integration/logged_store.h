// PostgreSQL and stores without NATS, for tests of the log: writes through gRPC, and looks at the
// leaves that the database holds.
#pragma once

#include <atomic>
#include <string>

#include "tests/guarantees/merkle.h"
#include "tests/harness/line.h"

namespace usersync::tests {

class LoggedStore {
 public:
  // Everything runs when this returns. Throws.
  explicit LoggedStore(int stores = 1);

  // So many users are written, in turns.
  static constexpr int kUsers = 100;

  // Pushes so many changes at once through a store, as alice; all must be applied.
  void Write(int count, int store = 0);

  // The hashes of all versions, in order of their ids.
  Hashes Leaves();

  users::v1::GetLogHeadResponse Head(int store = 0);

  // Runs statements as one who owns everything and whom no trigger stops.
  void Tamper(const std::string& sql);

  // Stops and starts the first store: it signs the newest head when it leaves.
  void Restart();

  std::string heads_path() const { return line_.preparation().secrets_dir + "/log.heads"; }
  std::string HeadsText() const;

  Line& line() { return line_; }
  const StoreStub& stub(int store = 0) const { return stubs_.at(store); }
  StoreStub& stub(int store = 0) { return stubs_.at(store); }

 private:
  Line line_;
  std::vector<StoreStub> stubs_;
  std::atomic<int> written_ = 0;
};

}  // namespace usersync::tests
