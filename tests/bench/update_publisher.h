// A client that keeps USERS_UPDATE filled with plain documents, from a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "absl/status/statusor.h"
#include "tests/harness/nats_client.h"

namespace usersync::tests {

class UpdatePublisher {
 public:
  struct Options {
    // The users 1 to so many are edited in turn.
    int users = 1000;
    // How many messages may be published and not yet taken in.
    int64_t backlog = 20000;
  };

  UpdatePublisher(std::unique_ptr<NatsClient> client, const Options& options);
  ~UpdatePublisher();

  // Says how many of its messages the store has taken in.
  void Advance(int64_t taken_in) { taken_in_ = taken_in; }

  // Stops, and returns how many messages NATS got.
  absl::StatusOr<int64_t> Finish();

 private:
  absl::Status Publish();

  const Options options_;
  const std::unique_ptr<NatsClient> client_;
  std::atomic<bool> stop_ = false;
  std::atomic<int64_t> taken_in_ = 0;
  // The thread's own until it has ended.
  int64_t published_ = 0;
  absl::Status status_;
  std::thread thread_;
};

}  // namespace usersync::tests
