#include "gateway/grpc_relay.h"

#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/status.h"
#include "gateway/call_log.h"
#include "gateway/gateway_stops.h"
#include "gateway/grpc_timeout.h"
#include "gateway/grpc_web_trailers.h"
#include "gateway/unpack.h"

namespace usersync::gateway {
namespace {

// For each direction, because its next step is taken from a callback of the client's side.
constexpr int kHolds = 2;

}  // namespace

GrpcRelay::GrpcRelay(grpc::GenericCallbackServerContext& context, const Caller& caller,
                     ChannelPool& pool, const Options& options,
                     std::function<void(GrpcRelay*)> done)
    : client_(context),
      most_message_bytes_(options.most_message_bytes),
      edit_(options.edit),
      done_(std::move(done)),
      request_id_(caller.request_id),
      slot_(caller.slot),
      expires_(caller.expires),
      lease_(pool.Acquire()),
      store_side_(*this) {
  for (const auto& [key, value] : caller.metadata) store_.AddMetadata(key, value);
  store_.set_deadline(absl::ToChronoTime(std::min(Deadline(), expires_)));
  grpc::GenericStub(lease_->channel())
      .PrepareBidiStreamingCall(&store_, client_.method(), {}, &store_side_);
  store_side_.AddMultipleHolds(kHolds);
  store_side_.StartRead(&answer_);
  store_side_.StartCall();
  StartRead(&request_);
}

void GrpcRelay::Stop() {
  MutexLock lock(mutex_);
  is_stopped_ = true;
  store_.TryCancel();
}

void GrpcRelay::OnReadDone(bool ok) {
  MutexLock lock(mutex_);
  if (is_request_over_) return;
  if (ok) refusal_ = Unpack(&request_, most_message_bytes_);
  if (!refusal_.ok()) {
    store_.TryCancel();
    EndRequest();
  } else if (ok) {
    is_sending_ = true;
    store_side_.StartWrite(&request_);
  } else {
    store_side_.StartWritesDone();
    EndRequest();
  }
}

void GrpcRelay::OnSent(bool ok) {
  MutexLock lock(mutex_);
  is_sending_ = false;
  if (ok && !is_answer_over_) {
    StartRead(&request_);
  } else {
    EndRequest();
  }
}

void GrpcRelay::OnHeaders(bool ok) {
  MutexLock lock(mutex_);
  has_headers_ = true;
  if (ok) {
    for (const auto& [key, value] : AnswerMetadata(store_.GetServerInitialMetadata())) {
      client_.AddInitialMetadata(key, value);
    }
    StartSendInitialMetadata();
  }
  if (is_answer_waiting_) StartWrite(&answer_);
}

void GrpcRelay::OnAnswer(bool ok) {
  if (ok && edit_) edit_(&answer_);
  MutexLock lock(mutex_);
  if (!ok) {
    is_answer_over_ = true;
    // The client may never say anything again; otherwise its message is still being sent.
    if (!is_request_over_ && !is_sending_) EndRequest();
    store_side_.RemoveHold();
  } else if (has_headers_) {
    StartWrite(&answer_);
  } else {
    is_answer_waiting_ = true;
  }
}

void GrpcRelay::OnWriteDone(bool ok) {
  if (!ok) store_.TryCancel();
  store_side_.StartRead(&answer_);
}

void GrpcRelay::OnCancel() { store_.TryCancel(); }

void GrpcRelay::OnEnd(const grpc::Status& status) {
  for (const auto& [key, value] : AnswerMetadata(store_.GetServerTrailingMetadata())) {
    client_.AddTrailingMetadata(key, value);
  }
  const grpc::Status end = Verdict(status);
  LogCall(client_.method(), request_id_, end);
  Finish(end);
}

grpc::Status GrpcRelay::Verdict(const grpc::Status& status) {
  MutexLock lock(mutex_);
  if (!refusal_.ok()) return ToGrpc(refusal_);
  if (is_stopped_) return ToGrpc(GatewayStops());
  const bool is_expired =
      status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED && absl::Now() >= expires_;
  return is_expired ? ToGrpc(IdentityExpired()) : WithoutAddresses(status);
}

// The client's, as it has to be asked for.
absl::Time GrpcRelay::Deadline() const {
  if (client_.deadline() == std::chrono::system_clock::time_point::max()) {
    return absl::InfiniteFuture();
  }
  const absl::Time now = absl::Now();
  return now + OnTheWire(absl::FromChrono(client_.deadline()) - now);
}

void GrpcRelay::OnDone() {
  done_(this);
  delete this;
}

void GrpcRelay::EndRequest() {
  is_request_over_ = true;
  store_side_.RemoveHold();
}

}  // namespace usersync::gateway
