// Collects what arrives on a subject. Thread-safe. Must not outlive its client.
#pragma once

#include <nats/nats.h>

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "tests/harness/nats_message.h"

namespace usersync::tests {

class NatsSubscription {
 public:
  static absl::StatusOr<std::unique_ptr<NatsSubscription>> Make(natsConnection* connection,
                                                                const std::string& subject);
  ~NatsSubscription();
  NatsSubscription(const NatsSubscription&) = delete;
  NatsSubscription& operator=(const NatsSubscription&) = delete;

  // The next message; DEADLINE_EXCEEDED if none comes in time.
  absl::StatusOr<NatsMessage> Next(absl::Duration patience);

  // Everything that has arrived and was not taken yet.
  std::vector<NatsMessage> TakeAll();

 private:
  NatsSubscription() = default;
  static void OnMessage(natsConnection*, natsSubscription*, natsMsg* message, void* closure);

  Mutex mutex_;
  CondVar arrived_;
  std::deque<NatsMessage> messages_ GUARDED_BY(mutex_);
  natsSubscription* subscription_ = nullptr;
};

}  // namespace usersync::tests
