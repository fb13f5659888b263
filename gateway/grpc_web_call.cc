#include "gateway/grpc_web_call.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status.h"
#include "gateway/call_log.h"
#include "gateway/gateway_stops.h"
#include "gateway/grpc_timeout.h"
#include "gateway/grpc_web_trailers.h"
#include "gateway/message_encoding.h"

namespace usersync::gateway {
namespace {

constexpr int kHttpOk = 200;

}  // namespace

GrpcWebCall::GrpcWebCall(const Options& options, ChannelPool& pool, Plan plan, Responder& responder)
    : options_(options),
      pool_(pool),
      plan_(std::move(plan)),
      responder_(&responder),
      frames_(options.most_message_bytes) {}

void GrpcWebCall::OnBody(absl::string_view bytes) {
  if (responder_ == nullptr) return;
  if (auto status = TakeBody(bytes); !status.ok()) Finish(ToGrpc(status));
}

absl::Status GrpcWebCall::TakeBody(absl::string_view bytes) {
  if (!plan_.refusal.ok()) return plan_.is_dialogue ? plan_.refusal : absl::OkStatus();
  std::string decoded;
  if (plan_.request_encoding == GrpcWebEncoding::kText) {
    if (!text_.Read(bytes, &decoded)) {
      return absl::InvalidArgumentError("the body must be base64, as its content-type says");
    }
    bytes = decoded;
  }
  while (!bytes.empty()) {
    GrpcWebFrame frame;
    const auto complete = frames_.Read(&bytes, &frame);
    if (!complete.ok()) return complete.status();
    if (!*complete) break;
    if (auto status = TakeFrame(std::move(frame)); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status GrpcWebCall::TakeFrame(GrpcWebFrame frame) {
  if ((frame.flags & GrpcWebFrame::kTrailers) != 0) {
    return absl::InvalidArgumentError("a request has no trailers");
  }
  if (message_) return absl::UnimplementedError("a request must hold exactly one message");
  if ((frame.flags & GrpcWebFrame::kCompressed) == 0) {
    message_ = std::move(frame.payload);
    return absl::OkStatus();
  }
  auto message = Decompress(plan_.compression, frame.payload, options_.most_message_bytes);
  if (!message.ok()) return message.status();
  message_ = *std::move(message);
  return absl::OkStatus();
}

void GrpcWebCall::OnBodyEnd() {
  if (responder_ == nullptr) return;
  if (!plan_.refusal.ok()) {
    Finish(ToGrpc(plan_.refusal));
  } else if (frames_.is_inside() || text_.is_inside()) {
    Finish({grpc::StatusCode::INVALID_ARGUMENT, "the body ends inside a message"});
  } else if (!message_) {
    Finish({grpc::StatusCode::UNIMPLEMENTED, "a request must hold exactly one message"});
  } else {
    Start();
  }
}

void GrpcWebCall::Start() {
  StoreCall::Request request{.method = plan_.method,
                             .metadata = std::move(plan_.metadata),
                             .message = *std::move(message_)};
  if (plan_.timeout) request.deadline = absl::Now() + OnTheWire(*plan_.timeout);
  // The exact deadline: the store's is earlier or later by a granule.
  const absl::Status over = clock_.Start(responder_->executor(), plan_.timeout, plan_.expires,
                                         [weak = weak_from_this()](const absl::Status& status) {
                                           const auto self = weak.lock();
                                           if (self != nullptr && self->responder_ != nullptr)
                                             self->GiveUp(ToGrpc(status));
                                         });
  if (!over.ok()) return Finish(ToGrpc(over));
  call_ = StoreCall::Start(pool_, std::move(request), responder_->executor(), weak_from_this());
}

void GrpcWebCall::GiveUp(const grpc::Status& status) {
  if (call_ != nullptr) call_->Cancel();
  Finish(status);
}

void GrpcWebCall::OnHeaders(const Metadata& headers) {
  if (responder_ != nullptr) StartAnswer(headers);
}

void GrpcWebCall::OnMessage(std::string message) {
  if (responder_ == nullptr) return;
  std::string frame = FrameHead(0, message.size());
  frame += message;
  WriteFrame(std::move(frame));
  call_->SetBacklog(responder_->pending());
}

void GrpcWebCall::OnEnd(const grpc::Status& status, const Metadata& trailing) {
  if (responder_ != nullptr) Finish(WithoutAddresses(status), trailing);
}

void GrpcWebCall::OnDrained() {
  if (responder_ != nullptr && call_ != nullptr) call_->SetBacklog(responder_->pending());
}

void GrpcWebCall::OnStop() {
  if (responder_ != nullptr) GiveUp(ToGrpc(GatewayStops()));
}

void GrpcWebCall::OnGone() {
  responder_ = nullptr;
  plan_.slot.reset();
  clock_.Stop();
  if (call_ != nullptr) call_->Cancel();
}

void GrpcWebCall::StartAnswer(const Metadata& metadata) {
  if (has_answer_) return;
  has_answer_ = true;
  HttpHeaders headers;
  headers.Add("content-type", std::string(ContentTypeOf(plan_.response_encoding)));
  AppendFields(metadata, &headers);
  // For proxies that would collect the stream.
  headers.Add("cache-control", "no-cache, no-transform");
  headers.Add("x-accel-buffering", "no");
  std::exchange(plan_.finish_headers, nullptr)(&headers);
  responder_->Start(kHttpOk, headers);
}

void GrpcWebCall::WriteFrame(std::string frame) {
  if (plan_.response_encoding == GrpcWebEncoding::kText) frame = absl::Base64Escape(frame);
  responder_->Write(std::move(frame));
}

void GrpcWebCall::Finish(const grpc::Status& status, const Metadata& trailing) {
  StartAnswer({});
  WriteFrame(TrailersFrame(status, trailing));
  LogCall(plan_.method, plan_.request_id, status);
  plan_.slot.reset();
  clock_.Stop();
  // Nothing may follow the last frame, whatever the connection or the store still has to say.
  std::exchange(responder_, nullptr)->End();
}

}  // namespace usersync::gateway
