// The name of one request in all logs and answers: x-request-id.
#pragma once

#include <string>

#include "gateway/http_headers.h"

namespace usersync::gateway {

inline constexpr char kRequestId[] = "x-request-id";

// The client's, if there is one and it is 1 to 128 characters of [A-Za-z0-9._~-]; else a new one,
// because what a client says would stand in a log.
std::string RequestIdOf(const HttpHeaders& headers);

}  // namespace usersync::gateway
