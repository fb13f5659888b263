#include "gateway/rest_call.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/status.h"
#include "gateway/call_log.h"
#include "gateway/gateway_stops.h"
#include "gateway/grpc_timeout.h"
#include "gateway/grpc_web_trailers.h"
#include "gateway/problem.h"

namespace usersync::gateway {
namespace {

constexpr int kHttpOk = 200;
constexpr int kHttpTooLarge = 413;

}  // namespace

void RestCall::OnBody(absl::string_view bytes) {
  if (responder_ == nullptr) return;
  body_.append(bytes.data(), bytes.size());
  if (body_.size() > plan_.most_body_bytes) {
    Refuse(kHttpTooLarge, absl::InvalidArgumentError("the body is larger than any request"));
  }
}

void RestCall::OnBodyEnd() {
  if (responder_ == nullptr) return;
  auto message = plan_.make_request(body_);
  if (!message.ok()) return Finish(message.status());
  // Nobody would see the changes.
  if (plan_.is_stream && plan_.is_head_only) return RespondWith(kHttpOk, plan_.headers, "");
  StoreCall::Request request{.method = plan_.method,
                             .metadata = std::move(plan_.metadata),
                             .message = *std::move(message)};
  if (plan_.timeout) request.deadline = absl::Now() + OnTheWire(*plan_.timeout);
  const absl::Status over = clock_.Start(responder_->executor(), plan_.timeout, plan_.expires,
                                         [weak = weak_from_this()](const absl::Status& status) {
                                           const auto self = weak.lock();
                                           if (self != nullptr && self->responder_ != nullptr)
                                             self->GiveUp(status);
                                         });
  if (!over.ok()) return Finish(over);
  call_ = StoreCall::Start(pool_, std::move(request), responder_->executor(), weak_from_this());
}

void RestCall::GiveUp(const absl::Status& status) {
  if (call_ != nullptr) call_->Cancel();
  Finish(status);
}

void RestCall::OnHeaders(const Metadata&) {
  if (responder_ != nullptr && plan_.is_stream) StartStream();
}

void RestCall::OnMessage(std::string message) {
  if (responder_ == nullptr) return;
  auto text = plan_.make_text(message);
  if (!text.ok()) return GiveUp(text.status());
  if (!plan_.is_stream) {
    text_ = *std::move(text);
    return;
  }
  StartStream();
  responder_->Write(*std::move(text));
  call_->SetBacklog(responder_->pending());
}

void RestCall::OnEnd(const grpc::Status& status, const Metadata&) {
  if (responder_ != nullptr) Finish(FromGrpc(WithoutAddresses(status)));
}

void RestCall::OnDrained() {
  if (responder_ != nullptr && call_ != nullptr) call_->SetBacklog(responder_->pending());
}

void RestCall::OnStop() {
  if (responder_ != nullptr) GiveUp(GatewayStops());
}

void RestCall::OnGone() {
  responder_ = nullptr;
  plan_.slot.reset();
  clock_.Stop();
  if (call_ != nullptr) call_->Cancel();
}

void RestCall::StartStream() {
  if (std::exchange(is_streaming_, true)) return;
  plan_.finish_headers(&plan_.headers);
  responder_->Start(kHttpOk, plan_.headers);
}

void RestCall::Finish(const absl::Status& status) {
  LogCall(plan_.method, plan_.request_id, ToGrpc(status));
  plan_.slot.reset();
  clock_.Stop();
  if (is_streaming_) {
    if (!status.ok()) responder_->Write(plan_.make_error_text(status));
    std::exchange(responder_, nullptr)->End();
  } else if (!status.ok()) {
    Refuse(HttpStatusOf(status.code()), status);
  } else {
    RespondWith(kHttpOk, plan_.headers, text_);
  }
}

void RestCall::Refuse(int http_status, const absl::Status& error) {
  RespondWith(http_status, ProblemHeaders(error), ProblemJson(http_status, error));
}

void RestCall::RespondWith(int http_status, HttpHeaders headers, const std::string& body) {
  headers.Add("content-length", std::to_string(body.size()));
  plan_.finish_headers(&headers);
  // Nothing may follow, whatever the connection or the store still has to say.
  Responder& responder = *std::exchange(responder_, nullptr);
  responder.Start(http_status, headers);
  if (!body.empty()) responder.Write(body);
  responder.End();
}

}  // namespace usersync::gateway
