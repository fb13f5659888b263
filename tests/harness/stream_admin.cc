#include "tests/harness/stream_admin.h"

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

constexpr int64_t kNextTimeoutMs = 10000;

absl::Status StatusOf(natsStatus status, const std::string& what) {
  if (status == NATS_OK) return absl::OkStatus();
  if (status == NATS_NOT_FOUND) return absl::NotFoundError(what);
  return absl::UnavailableError(absl::StrCat(what, ": ", natsStatus_GetText(status)));
}

StreamAdmin::Stored StoredFrom(natsMsg* message) {
  StreamAdmin::Stored stored;
  stored.sequence = natsMsg_GetSequence(message);
  stored.message = NatsMessage::From(message);
  return stored;
}

absl::Status ReadUpTo(natsSubscription* subscription, uint64_t last,
                      std::vector<StreamAdmin::Stored>& stored) {
  while (stored.empty() || stored.back().sequence < last) {
    natsMsg* message = nullptr;
    natsStatus status = natsSubscription_NextMsg(&message, subscription, kNextTimeoutMs);
    if (status != NATS_OK) return StatusOf(status, "next message");
    const absl::Cleanup destroy = [message] { natsMsg_Destroy(message); };
    jsMsgMetaData* meta = nullptr;
    status = natsMsg_GetMetaData(&meta, message);
    if (status != NATS_OK) return StatusOf(status, "metadata");
    stored.push_back({.sequence = meta->Sequence.Stream, .message = NatsMessage::From(message)});
    jsMsgMetaData_Destroy(meta);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<json> StreamAdmin::Call(const std::string& api, const std::string& request) {
  const auto answer = client_.Request("$JS.API." + api, request, absl::Seconds(10));
  if (!answer.ok()) return answer.status();
  json parsed = json::parse(answer->payload, nullptr, false);
  if (parsed.is_discarded()) return absl::InternalError("not JSON: " + answer->payload);
  if (!parsed.contains("error")) return parsed;
  const std::string text = parsed["error"].dump();
  if (parsed["error"].value("code", 0) == 404) return absl::NotFoundError(text);
  return absl::InternalError(text);
}

absl::StatusOr<json> StreamAdmin::Info(const std::string& stream) {
  return Call("STREAM.INFO." + stream, "");
}

uint64_t StreamAdmin::LastSequence(const std::string& stream) {
  const auto info = Info(stream);
  return info.ok() ? (*info)["state"].value("last_seq", uint64_t{0}) : 0;
}

absl::Status StreamAdmin::Purge(const std::string& stream) {
  return Call("STREAM.PURGE." + stream, "").status();
}

absl::Status StreamAdmin::Delete(const std::string& stream) {
  return Call("STREAM.DELETE." + stream, "").status();
}

absl::StatusOr<StreamAdmin::Stored> StreamAdmin::Last(const std::string& stream,
                                                      const std::string& subject) {
  // nats-server 2.9.10 dies of the request for a message while the stream is being made.
  const auto info = Info(stream);
  if (!info.ok()) return info.status();
  if ((*info)["state"].value("messages", 0) == 0) return absl::NotFoundError(stream);
  jsCtx* js = nullptr;
  natsStatus status = natsConnection_JetStream(&js, client_.connection(), nullptr);
  if (status != NATS_OK) return StatusOf(status, "JetStream");
  const absl::Cleanup destroy_context = [js] { jsCtx_Destroy(js); };
  natsMsg* message = nullptr;
  status = js_GetLastMsg(&message, js, stream.c_str(), subject.c_str(), nullptr, nullptr);
  if (status != NATS_OK) return StatusOf(status, stream);
  const absl::Cleanup destroy = [message] { natsMsg_Destroy(message); };
  return StoredFrom(message);
}

absl::StatusOr<std::vector<StreamAdmin::Stored>> StreamAdmin::ReadAll(const std::string& stream) {
  const auto info = Info(stream);
  if (!info.ok()) return info.status();
  std::vector<Stored> stored;
  if ((*info)["state"].value("messages", 0) == 0) return stored;
  const std::string subject = (*info)["config"]["subjects"][0];
  jsCtx* js = nullptr;
  natsStatus status = natsConnection_JetStream(&js, client_.connection(), nullptr);
  if (status != NATS_OK) return StatusOf(status, "JetStream");
  const absl::Cleanup destroy_context = [js] { jsCtx_Destroy(js); };
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Stream = stream.c_str();
  options.Ordered = true;
  natsSubscription* subscription = nullptr;
  status = js_SubscribeSync(&subscription, js, subject.c_str(), nullptr, &options, nullptr);
  if (status != NATS_OK) return StatusOf(status, stream);
  const absl::Cleanup destroy = [subscription] { natsSubscription_Destroy(subscription); };
  natsSubscription_SetPendingLimits(subscription, -1, -1);
  if (auto read = ReadUpTo(subscription, (*info)["state"]["last_seq"], stored); !read.ok()) {
    return read;
  }
  return stored;
}

absl::StatusOr<std::vector<StreamAdmin::Stored>> StreamAdmin::ReadWhatIsLeft(
    const std::string& stream) {
  const auto info = Info(stream);
  if (!info.ok()) return info.status();
  std::vector<Stored> stored;
  const json& state = (*info)["state"];
  if (state.value("messages", 0) == 0) return stored;
  jsCtx* js = nullptr;
  natsStatus status = natsConnection_JetStream(&js, client_.connection(), nullptr);
  if (status != NATS_OK) return StatusOf(status, "JetStream");
  const absl::Cleanup destroy_context = [js] { jsCtx_Destroy(js); };
  for (uint64_t sequence = state["first_seq"]; sequence <= state["last_seq"]; ++sequence) {
    natsMsg* message = nullptr;
    status = js_GetMsg(&message, js, stream.c_str(), sequence, nullptr, nullptr);
    const absl::Cleanup destroy = [message] { natsMsg_Destroy(message); };
    if (status == NATS_NOT_FOUND) continue;
    if (status != NATS_OK) return StatusOf(status, stream);
    stored.push_back(StoredFrom(message));
  }
  return stored;
}

}  // namespace usersync::tests
