// Judges an error of the API as a client gets it: its code, its details, and a text that suffices
// alone.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>

#include <string>
#include <vector>

namespace usersync::tests {

// What is wrong with an error that should have this code and, in an ErrorInfo, this reason;
// "" if nothing is. INVALID_ARGUMENT must name the fields in a BadRequest, RATE_LIMITED say in a
// RetryInfo when to try again.
std::string FlawOf(const grpc::Status& status, grpc::StatusCode code, const std::string& reason);

// The fields that the BadRequest of an error names.
std::vector<std::string> FieldsOf(const grpc::Status& status);

MATCHER_P2(IsError, code, reason, "") {
  const std::string flaw = FlawOf(arg, code, reason);
  *result_listener << flaw;
  return flaw.empty();
}

MATCHER(IsOk, "") {
  *result_listener << arg.error_code() << ": " << arg.error_message();
  return arg.ok();
}

}  // namespace usersync::tests
