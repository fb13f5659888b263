#include "bridge/nats_connection.h"

#include "common/log.h"

namespace usersync::bridge {
namespace {

constexpr int kReconnectWaitMs = 100;
constexpr int kConnectTimeoutMs = 5000;
constexpr int64_t kPingIntervalMs = 5000;

void LogError(natsConnection*, natsSubscription*, natsStatus status, void*) {
  spdlog::warn("NATS: {}", natsStatus_GetText(status));
}

void LogDisconnected(natsConnection*, void*) { spdlog::warn("NATS: the connection is lost"); }

void LogReconnected(natsConnection*, void*) { spdlog::info("NATS: connected again"); }

absl::StatusOr<NatsHandle<natsOptions>> MakeOptions(const NatsConnection::Options& options) {
  natsOptions* raw = nullptr;
  natsStatus status = natsOptions_Create(&raw);
  NatsHandle<natsOptions> result(raw);
  if (status == NATS_OK) status = natsOptions_SetURL(raw, options.url.c_str());
  if (status == NATS_OK && !options.user.empty()) {
    status = natsOptions_SetUserInfo(raw, options.user.c_str(), options.password.c_str());
  }
  if (status == NATS_OK) status = natsOptions_SetName(raw, options.name.c_str());
  if (status == NATS_OK) status = natsOptions_SetMaxReconnect(raw, -1);
  if (status == NATS_OK) status = natsOptions_SetReconnectWait(raw, kReconnectWaitMs);
  if (status == NATS_OK) status = natsOptions_SetTimeout(raw, kConnectTimeoutMs);
  if (status == NATS_OK) status = natsOptions_SetPingInterval(raw, kPingIntervalMs);
  if (status == NATS_OK) status = natsOptions_SetFailRequestsOnDisconnect(raw, true);
  if (status == NATS_OK) status = natsOptions_SetSendAsap(raw, options.send_asap);
  if (status == NATS_OK && !options.inbox_prefix.empty()) {
    status = natsOptions_SetCustomInboxPrefix(raw, options.inbox_prefix.c_str());
  }
  if (status == NATS_OK) status = natsOptions_SetErrorHandler(raw, LogError, nullptr);
  if (status == NATS_OK) status = natsOptions_SetDisconnectedCB(raw, LogDisconnected, nullptr);
  if (status == NATS_OK) status = natsOptions_SetReconnectedCB(raw, LogReconnected, nullptr);
  if (status != NATS_OK) return FromNats(status, "the options of NATS");
  return result;
}

}  // namespace

absl::StatusOr<std::unique_ptr<NatsConnection>> NatsConnection::Connect(const Options& options) {
  const auto made = MakeOptions(options);
  if (!made.ok()) return made.status();
  std::unique_ptr<NatsConnection> result(new NatsConnection());
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

uint64_t NatsConnection::reconnects() const {
  natsStatistics* raw = nullptr;
  if (natsStatistics_Create(&raw) != NATS_OK) return 0;
  const NatsHandle<natsStatistics> statistics(raw);
  uint64_t ignored = 0;
  uint64_t reconnects = 0;
  if (natsConnection_GetStats(get(), raw) != NATS_OK) return 0;
  natsStatistics_GetCounts(raw, &ignored, &ignored, &ignored, &ignored, &reconnects);
  return reconnects;
}

absl::Status NatsConnection::Publish(const std::string& subject, absl::string_view payload) const {
  return FromNats(natsConnection_Publish(get(), subject.c_str(), payload.data(),
                                         static_cast<int>(payload.size())),
                  absl::StrCat("publish to ", subject));
}

absl::Status NatsConnection::Flush(absl::Duration timeout) const {
  return FromNats(natsConnection_FlushTimeout(get(), absl::ToInt64Milliseconds(timeout)),
                  "flush to NATS");
}

}  // namespace usersync::bridge
