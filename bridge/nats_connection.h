// A connection to NATS that comes back by itself, for ever. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bridge/nats_handle.h"
#include "common/mutex.h"

namespace usersync::bridge {

class NatsConnection {
 public:
  struct Options {
    // One server, or several separated by commas.
    std::string url = "nats://127.0.0.1:4222";
    // Empty: connect as nobody, which is the actor frontend-client.
    std::string user;
    std::string password;
    std::string name = "usersync-bridge";
    // Where answers come: only its owner may subscribe below it.
    std::string inbox_prefix = "_INBOX";
    // Sends each message at once: less latency, half the throughput.
    bool send_asap = false;
  };

  // One try. UNAVAILABLE if there is no server, PERMISSION_DENIED if it does not let us in.
  static absl::StatusOr<std::unique_ptr<NatsConnection>> Connect(const Options& options);

  // Subscriptions must be gone before.
  ~NatsConnection();
  NatsConnection(const NatsConnection&) = delete;
  NatsConnection& operator=(const NatsConnection&) = delete;

  natsConnection* get() const { return connection_.get(); }
  jsCtx* jetstream() const { return jetstream_.get(); }

  // A subject of its own below the inbox prefix.
  std::string NewInbox() const;

  // What one message may hold, as the server says.
  size_t max_payload() const { return static_cast<size_t>(natsConnection_GetMaxPayload(get())); }

  // Calls `listener`, from a thread of nats.c, each time the connection is lost. One at a time;
  // null for none.
  void OnLoss(std::function<void()> listener);

  // Whether the server is there now.
  bool is_connected() const { return natsConnection_Status(get()) == NATS_CONN_STATUS_CONNECTED; }

  // Whether it will not come back: the server does not let us in any more.
  bool is_closed() const { return closed_; }

  absl::Status Publish(const std::string& subject, absl::string_view payload) const;

  // Waits until the server has everything that was published.
  absl::Status Flush(absl::Duration timeout) const;

 private:
  explicit NatsConnection(const Options& options) : inbox_prefix_(options.inbox_prefix) {}

  absl::StatusOr<NatsHandle<natsOptions>> MakeOptions(const Options& options);
  static void OnDisconnected(natsConnection* connection, void* self);
  static void OnClosed(natsConnection* connection, void* self);

  const std::string inbox_prefix_;
  NatsHandle<natsConnection> connection_;
  NatsHandle<jsCtx> jetstream_;
  std::atomic<bool> closed_ = false;
  Mutex mutex_;
  CondVar changed_;
  std::function<void()> on_loss_ GUARDED_BY(mutex_);
  // Whether nats.c has called back for the last time.
  bool over_ GUARDED_BY(mutex_) = false;
};

}  // namespace usersync::bridge
