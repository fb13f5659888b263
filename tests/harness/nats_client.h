// A client of NATS as anybody could write one: a browser, a service, an operator. It reconnects
// for ever. Thread-safe.
#pragma once

#include <nats/nats.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "tests/harness/nats_message.h"
#include "tests/harness/nats_subscription.h"

namespace usersync::tests {

class NatsClient {
 public:
  struct Options {
    std::string url;
    // Empty: the anonymous client.
    std::string user;
    std::string password;
    // Empty: _INBOX.
    std::string inbox_prefix;
  };

  struct Outgoing {
    std::string subject;
    std::string payload;
    std::map<std::string, std::string> headers;
    std::string reply;
  };

  static absl::StatusOr<std::unique_ptr<NatsClient>> Connect(const Options& options);
  ~NatsClient();
  NatsClient(const NatsClient&) = delete;
  NatsClient& operator=(const NatsClient&) = delete;

  absl::Status Publish(const Outgoing& message);
  absl::Status Publish(const std::string& subject, const std::string& payload) {
    return Publish({.subject = subject, .payload = payload});
  }

  // Returns when the server has taken in, and answered with errors, all that was sent before.
  absl::Status Flush();

  absl::StatusOr<std::unique_ptr<NatsSubscription>> Subscribe(const std::string& subject);

  absl::StatusOr<NatsMessage> Request(const std::string& subject, const std::string& payload,
                                      absl::Duration patience);

  // The errors that the server reported since the last call, such as permission violations.
  std::vector<std::string> TakeErrors();

  // A subject of our own to which others can answer.
  std::string NewInbox();

  natsConnection* connection() { return connection_; }

 private:
  explicit NatsClient(std::string inbox_prefix) : inbox_prefix_(std::move(inbox_prefix)) {}
  static void OnError(natsConnection* connection, natsSubscription*, natsStatus status,
                      void* closure);

  const std::string inbox_prefix_;
  Mutex mutex_;
  std::vector<std::string> errors_ GUARDED_BY(mutex_);
  natsConnection* connection_ = nullptr;
};

}  // namespace usersync::tests
