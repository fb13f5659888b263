// Answers users.pull and users.pull.<actor> from the store. Several bridges share the work.
#pragma once

#include <memory>
#include <string>

#include "bridge/counters.h"
#include "bridge/nats_connection.h"
#include "bridge/nats_subscription.h"
#include "bridge/store_client.h"
#include "common/mutex.h"

namespace usersync::bridge {

class PullResponder {
 public:
  struct Options {
    // How many pulls are answered at a time; more wait in memory, and then in NATS.
    int most_at_once = 32;
    // What the JSON of an answer may take up, if the server carries that much.
    size_t answer_bytes = 768 << 10;
    // How often a store that is away is asked; the next try goes to another one.
    int tries = 3;
  };

  // All must outlive this.
  PullResponder(Options options, const NatsConnection& nats, StoreClient& store,
                Counters& counters);
  // Answers what has come, but no more.
  ~PullResponder();

  absl::Status Start();

 private:
  struct Question {
    std::string reply;
    users::v1::PullRequest request;
    int tries_left;
  };

  void OnRequest(MessageHandle message);
  void Ask(const std::shared_ptr<Question>& question);
  void OnResponse(const std::shared_ptr<Question>& question,
                  absl::StatusOr<users::v1::PullResponse> response);
  size_t AnswerBytes() const;
  void Respond(const std::string& reply, const std::string& payload);

  const Options options_;
  const NatsConnection& nats_;
  StoreClient& store_;
  Counters& counters_;
  Mutex mutex_;
  CondVar changed_;
  int under_way_ GUARDED_BY(mutex_) = 0;
  std::unique_ptr<NatsSubscription> anonymous_;
  std::unique_ptr<NatsSubscription> named_;
};

}  // namespace usersync::bridge
