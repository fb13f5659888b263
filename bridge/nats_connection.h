// A connection to NATS that comes back by itself, for ever. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bridge/nats_handle.h"

namespace usersync::bridge {

class NatsConnection {
 public:
  struct Options {
    std::string url = "nats://127.0.0.1:4222";
    // Empty: connect as nobody, which is the actor frontend-client.
    std::string user;
    std::string password;
    std::string name = "usersync-bridge";
    // "" for the default, _INBOX.
    std::string inbox_prefix;
    // Sends each message at once: less latency, half the throughput.
    bool send_asap = false;
  };

  // One try. UNAVAILABLE if there is no server, PERMISSION_DENIED if it does not let us in.
  static absl::StatusOr<std::unique_ptr<NatsConnection>> Connect(const Options& options);

  natsConnection* get() const { return connection_.get(); }
  jsCtx* jetstream() const { return jetstream_.get(); }

  // How many times the connection was lost and made again.
  uint64_t reconnects() const;

  absl::Status Publish(const std::string& subject, absl::string_view payload) const;

  // Waits until the server has everything that was published.
  absl::Status Flush(absl::Duration timeout) const;

 private:
  NatsConnection() = default;

  NatsHandle<natsConnection> connection_;
  NatsHandle<jsCtx> jetstream_;
};

}  // namespace usersync::bridge
