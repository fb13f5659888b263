// A subscription whose messages are handled one after the other, on a thread of its own. When it
// is gone, so is its last call of the handler.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bridge/nats_connection.h"
#include "common/mutex.h"

namespace usersync::bridge {

class NatsSubscription {
 public:
  using Handler = std::function<void(MessageHandle message)>;

  // `queue_group` may be empty. `nats` must outlive the subscription.
  static absl::StatusOr<std::unique_ptr<NatsSubscription>> Make(const NatsConnection& nats,
                                                                const std::string& subject,
                                                                const std::string& queue_group,
                                                                Handler handler);
  // Waits for the handler to return; never call it from there.
  ~NatsSubscription();
  NatsSubscription(const NatsSubscription&) = delete;
  NatsSubscription& operator=(const NatsSubscription&) = delete;

  // Takes no more messages; handles those that have come, for at most `timeout`.
  void Drain(absl::Duration timeout);

 private:
  explicit NatsSubscription(Handler handler) : handler_(std::move(handler)) {}

  static void OnMessage(natsConnection* connection, natsSubscription* subscription,
                        natsMsg* message, void* self);
  static void OnComplete(void* self);

  const Handler handler_;
  NatsHandle<natsSubscription> subscription_;
  Mutex mutex_;
  CondVar changed_;
  bool completed_ GUARDED_BY(mutex_) = false;
};

// What a message holds.
absl::string_view PayloadOf(const natsMsg* message);

// A header of a message, or "".
std::string HeaderOf(natsMsg* message, const char* name);

}  // namespace usersync::bridge
