#include "gateway/health_answer.h"

#include <utility>

#include "absl/time/clock.h"
#include "grpc/health/v1/health.pb.h"

namespace usersync::gateway {
namespace {

constexpr char kMethod[] = "/grpc.health.v1.Health/Check";
constexpr absl::Duration kPatience = absl::Seconds(2);
constexpr int kHttpOk = 200;
constexpr int kHttpUnavailable = 503;

// What is wrong; "" if nothing is.
std::string Ailment(const grpc::Status& status, const std::string& message) {
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return "the store does not answer";
  }
  if (!status.ok()) return "the store cannot be reached";
  grpc::health::v1::HealthCheckResponse response;
  const bool serves = response.ParseFromString(message) &&
                      response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
  return serves ? "" : "the store does not serve now: it says so itself";
}

}  // namespace

void HealthAnswer::OnBodyEnd() {
  if (responder_ == nullptr) return;
  call_ = StoreCall::Start(pool_, {.method = kMethod, .deadline = absl::Now() + kPatience},
                           responder_->executor(), weak_from_this());
}

void HealthAnswer::OnGone() {
  responder_ = nullptr;
  if (call_ != nullptr) call_->Cancel();
}

void HealthAnswer::OnEnd(const grpc::Status& status, const Metadata&) {
  if (responder_ == nullptr) return;
  const std::string ailment = Ailment(status, message_);
  HttpHeaders headers = {{"content-type", "text/plain; charset=utf-8"},
                         {"cache-control", "no-store"}};
  finish_headers_(&headers);
  Respond(*std::exchange(responder_, nullptr), ailment.empty() ? kHttpOk : kHttpUnavailable,
          std::move(headers), (ailment.empty() ? "ok" : ailment) + "\n");
}

}  // namespace usersync::gateway
