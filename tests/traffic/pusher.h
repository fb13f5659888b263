// Edits users over gRPC, in a thread of its own: pushes several mutations at a time, and the same
// again, to the next store of its list, until they are answered.
#pragma once

#include <atomic>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "tests/guarantees/evidence.h"
#include "tests/harness/store_stub.h"
#include "tests/traffic/editor.h"

namespace usersync::tests {

class Pusher {
 public:
  struct Options {
    std::string actor = "carol";
    // It edits users `<prefix>-0` … `<prefix>-<users - 1>`; others may edit the same.
    std::string prefix = "shared";
    int users = 8;
    unsigned seed = 1;
  };

  // Begins at once. The stubs name the actor.
  Pusher(std::vector<StoreStub> stores, const Options& options);
  ~Pusher();

  // How many mutations are answered.
  int answered() const { return answered_; }

  // Pushes nothing new, waits for the answer that is missing, and ends. Returns whether it came.
  bool Finish(absl::Duration patience);

  // Everything asked and answered. Call it after Finish.
  const std::vector<Asked>& asked() const { return asked_; }

 private:
  void Run();
  // Returns whether it was answered before it was told to give up.
  bool PushUntilAnswered(std::vector<Asked>& batch);

  const Options options_;
  std::vector<StoreStub> stores_;
  size_t next_store_ = 0;
  Editor editor_;
  // What it knows of each user.
  std::vector<nlohmann::json> known_;
  std::vector<Asked> asked_;
  std::atomic<int> answered_ = 0;
  std::atomic<bool> finishing_ = false;
  std::atomic<bool> giving_up_ = false;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace usersync::tests
