// Errors with a named reason, and their way through gRPC. An absl::Status carries the messages
// of google/rpc/error_details.proto as payloads; on the wire they are the details of a
// google.rpc.Status.
#pragma once

#include <grpcpp/support/status.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace usersync {

// An error with an ErrorInfo of the domain "usersync". `reason` is a name of
// users.v1.ErrorReason without its prefix, such as "EMAIL_TAKEN".
absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                   const std::map<std::string, std::string>& metadata = {});

// The reason that Error gave, or "".
std::string ReasonOf(const absl::Status& status);

// A fact of the ErrorInfo, if it is there.
std::optional<std::string> MetadataOf(const absl::Status& status, const std::string& key);

// One broken rule of a request: the path of the field, and the rule in words.
struct FieldViolation {
  std::string field;
  std::string description;
};

// Adds a BadRequest. `status` must not be OK.
void AddViolations(absl::Status& status, const std::vector<FieldViolation>& violations);

// Adds a RetryInfo. `status` must not be OK.
void AddRetryDelay(absl::Status& status, absl::Duration delay);

// The same error for gRPC, details included; and back.
grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

// Whether the same call may succeed later without anybody's doing.
bool IsRetryable(const absl::Status& status);

}  // namespace usersync
