// Answers users.pull and users.pull.<actor> from the store. Several bridges share the work.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "bridge/nats_connection.h"
#include "bridge/store_client.h"
#include "common/mutex.h"

namespace usersync::bridge {

class PullResponder {
 public:
  struct Options {
    // How many pulls are answered at a time; more wait in NATS.
    int most_at_once = 32;
    // What an answer may take up; NATS carries 1 MiB.
    size_t answer_bytes = 768 << 10;
  };

  // Both must outlive this.
  PullResponder(Options options, const NatsConnection& nats, StoreClient& store);
  // Waits for the pulls that were begun.
  ~PullResponder();

  absl::Status Start();

 private:
  static void OnRequest(natsConnection* connection, natsSubscription* subscription,
                        natsMsg* message, void* self);
  void Answer(const std::string& subject, const std::string& reply, absl::string_view payload);
  void Ask(const std::string& reply, const users::v1::PullRequest& request);
  void Respond(const std::string& reply, const std::string& payload);
  absl::Status Subscribe(const char* subject, NatsHandle<natsSubscription>& subscription);

  const Options options_;
  const NatsConnection& nats_;
  StoreClient& store_;
  Mutex mutex_;
  CondVar changed_;
  int under_way_ GUARDED_BY(mutex_) = 0;
  NatsHandle<natsSubscription> anonymous_;
  NatsHandle<natsSubscription> named_;
};

}  // namespace usersync::bridge
