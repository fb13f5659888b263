// Errors as REST tells them: application/problem+json (RFC 9457), with the gRPC code, the reason of
// the ErrorInfo and the violations of the BadRequest.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "gateway/responder.h"

namespace usersync::gateway {

// The HTTP status of a code, as google.rpc.Code says.
int HttpStatusOf(absl::StatusCode code);

// The body of an answer with this HTTP status.
std::string ProblemJson(int http_status, const absl::Status& error);

// The fields of its head: content-type, and those that the error itself asks for (Retry-After,
// WWW-Authenticate).
HttpHeaders ProblemHeaders(const absl::Status& error);

}  // namespace usersync::gateway
