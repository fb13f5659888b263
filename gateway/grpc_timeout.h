// The header grpc-timeout: at most eight digits and a unit (H, M, S, m, u, n).
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http_headers.h"

namespace usersync::gateway {

// nullopt if it is malformed.
std::optional<absl::Duration> ParseGrpcTimeout(absl::string_view text);

// What a client asks for, if it does. INVALID_ARGUMENT if that is malformed.
absl::StatusOr<std::optional<absl::Duration>> TimeoutOf(const HttpHeaders& headers);

// What to ask gRPC for, so that the deadline it sends on is not later than `timeout`: grpc++ 1.51
// rounds up by a granule that grows with the time.
absl::Duration OnTheWire(absl::Duration timeout);

}  // namespace usersync::gateway
