// What a person does at a terminal: follow everything, and publish one thing.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "bridge/nats_connection.h"

namespace usersync::bridge {

using Say = std::function<void(const std::string& line)>;

// Prints every message of users.> until `stopped` returns true: subject, headers, payload.
absl::Status Monitor(const NatsConnection& nats, const std::function<bool()>& stopped,
                     const Say& say);

// Publishes a document, a mutation or an array of them as `actor` ("" for the one without a
// password) and prints each receipt, and for what was committed its version and broadcast.
// DEADLINE_EXCEEDED if a receipt does not come in time; FAILED_PRECONDITION if one says that
// something was refused.
absl::Status PublishAndWait(const NatsConnection& nats, const std::string& actor,
                            const std::string& payload, absl::Duration timeout, const Say& say);

}  // namespace usersync::bridge
