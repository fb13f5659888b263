// Pulls over NATS as JSON.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "users/v1/sync_service.pb.h"

namespace usersync::bridge {

// {"checkpoint":…,"limit":n}: both may be missing; a null checkpoint is none. INVALID_ARGUMENT
// names the field and its rule.
absl::StatusOr<users::v1::PullRequest> DecodePull(absl::string_view json);

// {"documents":[…],"seqs":[…],"checkpoint":…,"more":bool}.
std::string EncodePull(const users::v1::PullResponse& response);

// How many of the users' documents fit into `bytes` of JSON; at least one if there is any.
int CountThatFits(const users::v1::PullResponse& response, size_t bytes);

// {"error":{"reason","message"}}.
std::string EncodePullError(const absl::Status& status);

}  // namespace usersync::bridge
