#include "gateway/problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status.h"

namespace usersync::gateway {
namespace {

TEST(Problem, HasTheStatusThatGoogleGivesTheCode) {
  const std::pair<absl::StatusCode, int> kAll[] = {{absl::StatusCode::kOk, 200},
                                                   {absl::StatusCode::kCancelled, 499},
                                                   {absl::StatusCode::kUnknown, 500},
                                                   {absl::StatusCode::kInvalidArgument, 400},
                                                   {absl::StatusCode::kDeadlineExceeded, 504},
                                                   {absl::StatusCode::kNotFound, 404},
                                                   {absl::StatusCode::kAlreadyExists, 409},
                                                   {absl::StatusCode::kPermissionDenied, 403},
                                                   {absl::StatusCode::kUnauthenticated, 401},
                                                   {absl::StatusCode::kResourceExhausted, 429},
                                                   {absl::StatusCode::kFailedPrecondition, 400},
                                                   {absl::StatusCode::kAborted, 409},
                                                   {absl::StatusCode::kOutOfRange, 400},
                                                   {absl::StatusCode::kUnimplemented, 501},
                                                   {absl::StatusCode::kInternal, 500},
                                                   {absl::StatusCode::kUnavailable, 503},
                                                   {absl::StatusCode::kDataLoss, 500}};
  for (const auto& [code, status] : kAll) EXPECT_EQ(HttpStatusOf(code), status) << code;
}

TEST(Problem, TellsReasonMetadataAndViolations) {
  absl::Status error =
      Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", "email \"x\"", {{"a", "b"}});
  AddViolations(error, {{"email", "must be an address"}});
  EXPECT_EQ(ProblemJson(400, error),
            R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"email \"x\"",)"
            R"("code":"INVALID_ARGUMENT","reason":"FIELD_INVALID","metadata":{"a":"b"},)"
            R"("violations":[{"field":"email","description":"must be an address"}]})");
}

TEST(Problem, AsksForATokenOrForPatience) {
  EXPECT_EQ(ProblemHeaders(absl::UnauthenticatedError("")).Get("www-authenticate"), "Bearer");
  absl::Status error = absl::ResourceExhaustedError("");
  AddRetryDelay(error, absl::Milliseconds(1200));
  EXPECT_EQ(ProblemHeaders(error).Get("retry-after"), "2");
  EXPECT_EQ(ProblemHeaders(error).Get("content-type"), "application/problem+json");
}

}  // namespace
}  // namespace usersync::gateway
