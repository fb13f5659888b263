// Edits users the careful way, in a thread of its own: mutations with what it assumed, asked again
// until a receipt comes, one at a time for each user. Its choices follow a seed.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "tests/guarantees/evidence.h"
#include "tests/harness/nats_client.h"
#include "tests/traffic/editor.h"

namespace usersync::tests {

class Author {
 public:
  struct Options {
    std::string actor = "alice";
    // It edits users `<prefix>-0` … `<prefix>-<users - 1>`; others may edit the same.
    std::string prefix = "shared";
    int users = 8;
    unsigned seed = 1;
    // Without a receipt for so long, it asks again.
    absl::Duration patience = absl::Seconds(1);
  };

  // Begins at once. `client` is the actor's.
  Author(std::unique_ptr<NatsClient> client, const Options& options);
  ~Author();

  // How many mutations have their receipt.
  int answered() const { return answered_; }

  // Asks nothing new, waits for the receipts that are missing, and ends. Returns whether all came.
  bool Finish(absl::Duration patience);

  // Everything asked. Call it after Finish.
  const std::vector<Asked>& asked() const { return asked_; }

 private:
  // One user as this author knows it, and what it asks of it now.
  struct Slot {
    std::string id;
    // Null: it believes that there is none.
    nlohmann::json known;
    std::unique_ptr<Asked> pending;
    absl::Time sent;
  };

  void Run();
  void AskNew(Slot& slot);
  void Send(Slot& slot);
  void Take(const NatsMessage& message);

  const Options options_;
  const std::unique_ptr<NatsClient> client_;
  const std::unique_ptr<NatsSubscription> receipts_;
  Editor editor_;
  std::vector<Slot> slots_;
  std::vector<Asked> asked_;
  // Place in asked_ of each mutation that was answered.
  std::map<std::string, size_t> places_;
  std::atomic<int> answered_ = 0;
  std::atomic<bool> finishing_ = false;
  std::atomic<bool> giving_up_ = false;
  std::thread thread_;
};

}  // namespace usersync::tests
