#include "bridge/nats_connection.h"

#include <utility>

#include "absl/random/random.h"
#include "common/log.h"

namespace usersync::bridge {
namespace {

constexpr int kReconnectWaitMs = 100;
constexpr int kConnectTimeoutMs = 5000;
constexpr int64_t kPingIntervalMs = 5000;
// A server that stops reading must not hold a thread for ever.
constexpr int64_t kWriteDeadlineMs = 10000;

void LogError(natsConnection*, natsSubscription*, natsStatus status, void*) {
  spdlog::warn("NATS: {}", natsStatus_GetText(status));
}

void LogReconnected(natsConnection*, void*) { spdlog::info("NATS: connected again"); }

}  // namespace

absl::StatusOr<NatsHandle<natsOptions>> NatsConnection::MakeOptions(const Options& options) {
  natsOptions* raw = nullptr;
  natsStatus status = natsOptions_Create(&raw);
  NatsHandle<natsOptions> result(raw);
  const auto set = [&](natsStatus next) {
    if (status == NATS_OK) status = next;
  };
  if (status != NATS_OK) return FromNats(status, "the options of NATS");
  set(natsOptions_SetURL(raw, options.url.c_str()));
  if (!options.user.empty()) {
    set(natsOptions_SetUserInfo(raw, options.user.c_str(), options.password.c_str()));
  }
  set(natsOptions_SetName(raw, options.name.c_str()));
  set(natsOptions_SetMaxReconnect(raw, -1));
  set(natsOptions_SetReconnectWait(raw, kReconnectWaitMs));
  set(natsOptions_SetTimeout(raw, kConnectTimeoutMs));
  set(natsOptions_SetPingInterval(raw, kPingIntervalMs));
  set(natsOptions_SetWriteDeadline(raw, kWriteDeadlineMs));
  set(natsOptions_SetFailRequestsOnDisconnect(raw, true));
  set(natsOptions_SetSendAsap(raw, options.send_asap));
  set(natsOptions_SetCustomInboxPrefix(raw, options.inbox_prefix.c_str()));
  set(natsOptions_SetErrorHandler(raw, LogError, nullptr));
  set(natsOptions_SetDisconnectedCB(raw, OnDisconnected, this));
  set(natsOptions_SetReconnectedCB(raw, LogReconnected, nullptr));
  set(natsOptions_SetClosedCB(raw, OnClosed, this));
  if (status != NATS_OK) return FromNats(status, "the options of NATS");
  return result;
}

absl::StatusOr<std::unique_ptr<NatsConnection>> NatsConnection::Connect(const Options& options) {
  std::unique_ptr<NatsConnection> result(new NatsConnection(options));
  const auto made = result->MakeOptions(options);
  if (!made.ok()) return made.status();
  natsConnection* connection = nullptr;
  if (auto status = natsConnection_Connect(&connection, made->get()); status != NATS_OK) {
    return FromNats(status, absl::StrCat("connect to NATS at ", options.url));
  }
  result->connection_.reset(connection);
  jsCtx* context = nullptr;
  if (auto status = natsConnection_JetStream(&context, connection, nullptr); status != NATS_OK) {
    return FromNats(status, "the JetStream context");
  }
  result->jetstream_.reset(context);
  return result;
}

NatsConnection::~NatsConnection() {
  if (connection_ == nullptr) return;
  natsConnection_Close(connection_.get());
  // nats.c calls back from a thread of its own: this must outlive the last call.
  MutexLock lock(mutex_);
  while (!over_) changed_.Wait(mutex_);
}

std::string NatsConnection::NewInbox() const {
  absl::BitGen random;
  return absl::StrCat(inbox_prefix_, ".",
                      absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

void NatsConnection::OnLoss(std::function<void()> listener) {
  MutexLock lock(mutex_);
  on_loss_ = std::move(listener);
}

void NatsConnection::OnDisconnected(natsConnection*, void* self) {
  auto* connection = static_cast<NatsConnection*>(self);
  spdlog::debug("NATS: the connection is down");
  MutexLock lock(connection->mutex_);
  if (connection->on_loss_) connection->on_loss_();
}

void NatsConnection::OnClosed(natsConnection*, void* self) {
  auto* connection = static_cast<NatsConnection*>(self);
  connection->closed_ = true;
  MutexLock lock(connection->mutex_);
  connection->over_ = true;
  connection->changed_.NotifyAll();
}

absl::Status NatsConnection::Publish(const std::string& subject, absl::string_view payload) const {
  const natsStatus status = natsConnection_Publish(get(), subject.c_str(), payload.data(),
                                                   static_cast<int>(payload.size()));
  if (status == NATS_OK) return absl::OkStatus();
  return FromNats(status, absl::StrCat("publish to ", subject));
}

absl::Status NatsConnection::Flush(absl::Duration timeout) const {
  return FromNats(natsConnection_FlushTimeout(get(), absl::ToInt64Milliseconds(timeout)),
                  "flush to NATS");
}

}  // namespace usersync::bridge
