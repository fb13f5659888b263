#include "gateway/problem.h"

#include <boost/beast/http/status.hpp>
#include <optional>

#include "gateway/json_writer.h"
#include "google/rpc/error_details.pb.h"

namespace usersync::gateway {
namespace {

constexpr char kTypePrefix[] = "type.googleapis.com/";
// Names no reason: its client has gone.
constexpr int kHttpClientClosedRequest = 499;

template <typename Detail>
std::optional<Detail> Find(const absl::Status& error) {
  const auto payload = error.GetPayload(kTypePrefix + Detail::descriptor()->full_name());
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

void WriteReason(const google::rpc::ErrorInfo& info, JsonWriter* json) {
  json->Member("reason", info.reason());
  if (info.metadata().empty()) return;
  json->Object("metadata", [&] {
    for (const auto& [name, value] : info.metadata()) json->Member(name, value);
  });
}

void WriteViolations(const google::rpc::BadRequest& request, JsonWriter* json) {
  json->Array("violations", [&] {
    for (const auto& violation : request.field_violations()) {
      json->Object([&] {
        json->Member("field", violation.field());
        json->Member("description", violation.description());
      });
    }
  });
}

}  // namespace

int HttpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kCancelled:
      return kHttpClientClosedRequest;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

std::string ProblemJson(int http_status, const absl::Status& error) {
  const auto title =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(http_status));
  JsonWriter json;
  json.Object([&] {
    json.Member("type", "about:blank");
    json.Member("title", std::string(title));
    json.Member("status", http_status);
    json.Member("detail", error.message());
    json.Member("code", absl::StatusCodeToString(error.code()));
    if (const auto info = Find<google::rpc::ErrorInfo>(error)) WriteReason(*info, &json);
    if (const auto request = Find<google::rpc::BadRequest>(error)) {
      WriteViolations(*request, &json);
    }
  });
  return json.text();
}

HttpHeaders ProblemHeaders(const absl::Status& error) {
  HttpHeaders headers{{"content-type", "application/problem+json"}, {"cache-control", "no-store"}};
  if (absl::IsUnauthenticated(error)) headers.Add("www-authenticate", "Bearer");
  if (const auto retry = Find<google::rpc::RetryInfo>(error)) {
    // Whole seconds, rounded up.
    const int64_t seconds = retry->retry_delay().seconds() + (retry->retry_delay().nanos() > 0);
    headers.Add("retry-after", std::to_string(seconds));
  }
  return headers;
}

}  // namespace usersync::gateway
