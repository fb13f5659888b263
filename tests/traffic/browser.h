// A browser's copy of the users: live changes as long as their sequence is the next, and pulls for
// everything else. Not thread-safe.
#pragma once

#include <memory>
#include <string>

#include "tests/guarantees/evidence.h"
#include "tests/harness/nats_client.h"

namespace usersync::tests {

class Browser {
 public:
  // `actor` empty: the anonymous one.
  Browser(std::unique_ptr<NatsClient> client, const std::string& actor);

  // Takes what arrived live, and pulls, `limit` at a time, if it must. An error if no pull is
  // answered.
  absl::Status CatchUp(int limit = 1000);

  // The same, but always pulls.
  absl::Status Pull(int limit);

  const BrowserState& state() const { return state_; }
  int64_t last() const { return last_; }

  // Null before the first change.
  const nlohmann::json& checkpoint() const { return checkpoint_; }

  // How often it had to start from nothing, because its checkpoint was another history's.
  int divergences() const { return divergences_; }

 private:
  // Returns whether the message is the next change.
  bool TakeLive(const NatsMessage& message);
  absl::Status PullPage(int limit, bool* more);

  const std::unique_ptr<NatsClient> client_;
  const std::string subject_;
  const std::unique_ptr<NatsSubscription> live_;
  BrowserState state_;
  nlohmann::json checkpoint_;
  std::string epoch_;
  int64_t last_ = 0;
  int divergences_ = 0;
  bool is_behind_ = true;
};

}  // namespace usersync::tests
