// What the log says of calls.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

// One line for a call that failed, under the name that its client was told; at the level debug for
// one that did not, or that its client gave up. Never says what it was about.
void LogCall(absl::string_view method, absl::string_view request_id, const grpc::Status& status);

}  // namespace usersync::gateway
