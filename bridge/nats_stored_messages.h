// StoredMessages in JetStream: an ordered reading over one connection, removals over another.
#pragma once

#include "absl/time/time.h"
#include "bridge/nats_connection.h"
#include "bridge/stored_messages.h"

namespace usersync::bridge {

class NatsStoredMessages final : public StoredMessages {
 public:
  // `quick` sends at once, `bulk` may be kept busy; both must outlive this.
  NatsStoredMessages(const NatsConnection& quick, const NatsConnection& bulk)
      : quick_(quick), bulk_(bulk) {}

  absl::Status Scan(const std::string& stream, uint64_t last, const See& see) override;
  absl::Status Erase(const std::string& stream, uint64_t sequence) override;

 private:
  absl::Status MakeConsumer(const std::string& stream, const std::string& deliver_to) const;

  const NatsConnection& quick_;
  const NatsConnection& bulk_;
};

}  // namespace usersync::bridge
