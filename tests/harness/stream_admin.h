// JetStream through the eyes of an operator: looks into streams, purges and deletes them.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/harness/nats_client.h"

namespace usersync::tests {

class StreamAdmin {
 public:
  struct Stored {
    uint64_t sequence = 0;
    NatsMessage message;
  };

  // `client` must be an operator's, and outlive the admin.
  explicit StreamAdmin(NatsClient& client) : client_(client) {}

  // {"config":{…},"state":{"messages","first_seq","last_seq",…}}; NOT_FOUND if there is none.
  absl::StatusOr<nlohmann::json> Info(const std::string& stream);

  // 0 if the stream cannot be asked.
  uint64_t LastSequence(const std::string& stream);

  absl::Status Purge(const std::string& stream);
  absl::Status Delete(const std::string& stream);

  // The newest message, or NOT_FOUND.
  absl::StatusOr<Stored> Last(const std::string& stream, const std::string& subject);

  // All messages of the stream's first subject, in order; the last of them must not be removed.
  absl::StatusOr<std::vector<Stored>> ReadAll(const std::string& stream);

  // Every message of a stream that some were removed from, asked for one by one.
  absl::StatusOr<std::vector<Stored>> ReadWhatIsLeft(const std::string& stream);

 private:
  absl::StatusOr<nlohmann::json> Call(const std::string& api, const std::string& request);

  NatsClient& client_;
};

}  // namespace usersync::tests
