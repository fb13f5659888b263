#include "tests/harness/nats_client.h"

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

namespace usersync::tests {
namespace {

constexpr int64_t kReconnectWaitMs = 50;
constexpr int64_t kFlushTimeoutMs = 30000;

absl::Status StatusOf(natsStatus status, const std::string& what) {
  if (status == NATS_OK) return absl::OkStatus();
  const std::string text = absl::StrCat(what, ": ", natsStatus_GetText(status));
  if (status == NATS_TIMEOUT) return absl::DeadlineExceededError(text);
  if (status == NATS_NO_RESPONDERS) return absl::NotFoundError(text);
  return absl::UnavailableError(text);
}

std::string RandomWord() {
  absl::BitGen random;
  return absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

natsStatus Configure(natsOptions* options, const NatsClient::Options& wanted) {
  natsStatus s = natsOptions_SetURL(options, wanted.url.c_str());
  if (s == NATS_OK && !wanted.user.empty()) {
    s = natsOptions_SetUserInfo(options, wanted.user.c_str(), wanted.password.c_str());
  }
  if (s == NATS_OK && !wanted.inbox_prefix.empty()) {
    s = natsOptions_SetCustomInboxPrefix(options, wanted.inbox_prefix.c_str());
  }
  if (s == NATS_OK) s = natsOptions_SetMaxReconnect(options, -1);
  if (s == NATS_OK) s = natsOptions_SetReconnectWait(options, kReconnectWaitMs);
  if (s == NATS_OK) s = natsOptions_SetReconnectJitter(options, 10, 10);
  return s;
}

}  // namespace

absl::StatusOr<std::unique_ptr<NatsClient>> NatsClient::Connect(const Options& options) {
  std::unique_ptr<NatsClient> client(new NatsClient(options.inbox_prefix));
  natsOptions* made = nullptr;
  natsStatus status = natsOptions_Create(&made);
  if (status == NATS_OK) status = Configure(made, options);
  if (status == NATS_OK) status = natsOptions_SetErrorHandler(made, OnError, client.get());
  if (status == NATS_OK) status = natsConnection_Connect(&client->connection_, made);
  natsOptions_Destroy(made);
  if (status != NATS_OK) return StatusOf(status, options.url);
  return client;
}

NatsClient::~NatsClient() {
  if (connection_ == nullptr) return;
  natsConnection_Close(connection_);
  natsConnection_Destroy(connection_);
}

absl::Status NatsClient::Publish(const Outgoing& message) {
  natsMsg* made = nullptr;
  natsStatus status = natsMsg_Create(
      &made, message.subject.c_str(), message.reply.empty() ? nullptr : message.reply.c_str(),
      message.payload.data(), static_cast<int>(message.payload.size()));
  for (const auto& [name, value] : message.headers) {
    if (status == NATS_OK) status = natsMsgHeader_Set(made, name.c_str(), value.c_str());
  }
  if (status == NATS_OK) status = natsConnection_PublishMsg(connection_, made);
  natsMsg_Destroy(made);
  return StatusOf(status, message.subject);
}

absl::Status NatsClient::Flush() {
  return StatusOf(natsConnection_FlushTimeout(connection_, kFlushTimeoutMs), "flush");
}

absl::StatusOr<std::unique_ptr<NatsSubscription>> NatsClient::Subscribe(
    const std::string& subject) {
  auto subscription = NatsSubscription::Make(connection_, subject);
  if (!subscription.ok()) return subscription;
  if (auto status = Flush(); !status.ok()) return status;
  return subscription;
}

absl::StatusOr<NatsMessage> NatsClient::Request(const std::string& subject,
                                                const std::string& payload,
                                                absl::Duration patience) {
  natsMsg* reply = nullptr;
  const natsStatus status =
      natsConnection_Request(&reply, connection_, subject.c_str(), payload.data(),
                             static_cast<int>(payload.size()), absl::ToInt64Milliseconds(patience));
  if (status != NATS_OK) return StatusOf(status, subject);
  NatsMessage message = NatsMessage::From(reply);
  natsMsg_Destroy(reply);
  return message;
}

std::vector<std::string> NatsClient::TakeErrors() {
  MutexLock lock(mutex_);
  return std::exchange(errors_, {});
}

std::string NatsClient::NewInbox() {
  // natsInbox_Create knows nothing of the connection's prefix.
  const std::string prefix = inbox_prefix_.empty() ? "_INBOX" : inbox_prefix_;
  return absl::StrCat(prefix, ".", RandomWord());
}

void NatsClient::OnError(natsConnection* connection, natsSubscription*, natsStatus status,
                         void* closure) {
  auto* const self = static_cast<NatsClient*>(closure);
  const char* text = nullptr;
  natsConnection_GetLastError(connection, &text);
  MutexLock lock(self->mutex_);
  self->errors_.push_back(absl::StrCat(natsStatus_GetText(status), ": ", text ? text : ""));
}

}  // namespace usersync::tests
