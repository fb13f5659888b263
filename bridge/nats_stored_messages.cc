#include "bridge/nats_stored_messages.h"

#include <algorithm>

#include "bridge/delivery.h"
#include "bridge/nats_subscription.h"
#include "bridge/streams.h"

namespace usersync::bridge {
namespace {

constexpr absl::Duration kHeartbeat = absl::Seconds(1);
// How long nothing at all may come.
constexpr int64_t kSilenceMs = 5000;
constexpr absl::Duration kInactiveThreshold = absl::Seconds(30);

// Answers a request to say that everything before it was taken.
void AnswerFlowControl(const NatsConnection& nats, natsMsg* message) {
  const char* reply = natsMsg_GetReply(message);
  const std::string to =
      reply != nullptr ? std::string(reply) : HeaderOf(message, "Nats-Consumer-Stalled");
  if (!to.empty()) (void)nats.Publish(to, "");
}

StoredMessage MessageOf(natsMsg* message, const Delivery& delivery) {
  return {delivery.stream_sequence, delivery.time_ns, HeaderOf(message, "Users-Action"),
          PayloadOf(message)};
}

// The messages that a consumer delivers, one after the other.
class Reading {
 public:
  Reading(const NatsConnection& nats, natsSubscription* subscription)
      : nats_(nats), subscription_(subscription) {}

  absl::Status UpTo(uint64_t last, const StoredMessages::See& see) {
    for (uint64_t delivered = 0, at = 0; at < last;) {
      natsMsg* raw = nullptr;
      const natsStatus status = natsSubscription_NextMsg(&raw, subscription_, kSilenceMs);
      const MessageHandle message(raw);
      if (status != NATS_OK) return FromNats(status, "look through a stream");
      const char* reply = natsMsg_GetReply(raw);
      const auto delivery = ParseDelivery(reply == nullptr ? "" : reply);
      if (!delivery) {
        // A heartbeat after the last message: the end of the stream was removed.
        if (reply == nullptr && HeaderOf(raw, "Nats-Last-Consumer") == absl::StrCat(delivered) &&
            HeaderOf(raw, "Nats-Consumer-Stalled").empty() && delivered > 0) {
          return absl::OkStatus();
        }
        AnswerFlowControl(nats_, raw);
        continue;
      }
      if (delivery->consumer_sequence != ++delivered) {
        return absl::UnavailableError("a message was missed in looking through a stream");
      }
      at = delivery->stream_sequence;
      if (at > last) break;
      if (auto seen = see(MessageOf(raw, *delivery)); !seen.ok()) return seen;
    }
    return absl::OkStatus();
  }

 private:
  const NatsConnection& nats_;
  natsSubscription* const subscription_;
};

}  // namespace

absl::Status NatsStoredMessages::Scan(const std::string& stream, uint64_t last, const See& see) {
  const auto state = ReadStreamState(quick_, stream);
  if (!state.ok()) return state.status();
  if (state->messages == 0 || state->first_sequence > last) return absl::OkStatus();
  const std::string deliver_to = bulk_.NewInbox();
  natsSubscription* raw = nullptr;
  const natsStatus status = natsConnection_SubscribeSync(&raw, bulk_.get(), deliver_to.c_str());
  const NatsHandle<natsSubscription> subscription(raw);
  if (status != NATS_OK) return FromNats(status, "look through a stream");
  if (auto made = MakeConsumer(stream, deliver_to); !made.ok()) return made;
  return Reading(bulk_, raw).UpTo(std::min(last, state->last_sequence), see);
}

absl::Status NatsStoredMessages::MakeConsumer(const std::string& stream,
                                              const std::string& deliver_to) const {
  jsConsumerConfig config;
  jsConsumerConfig_Init(&config);
  config.DeliverSubject = deliver_to.c_str();
  config.DeliverPolicy = js_DeliverAll;
  config.AckPolicy = js_AckNone;
  config.MaxDeliver = 1;
  config.FlowControl = true;
  config.Heartbeat = absl::ToInt64Nanoseconds(kHeartbeat);
  config.InactiveThreshold = absl::ToInt64Nanoseconds(kInactiveThreshold);
  config.MemoryStorage = true;
  config.Replicas = 1;
  jsErrCode error = static_cast<jsErrCode>(0);
  const natsStatus status =
      js_AddConsumer(nullptr, quick_.jetstream(), stream.c_str(), &config, nullptr, &error);
  return FromNats(status, absl::StrCat("look through ", stream), error);
}

absl::Status NatsStoredMessages::Erase(const std::string& stream, uint64_t sequence) {
  jsErrCode error = static_cast<jsErrCode>(0);
  const natsStatus status =
      js_EraseMsg(quick_.jetstream(), stream.c_str(), sequence, nullptr, &error);
  if (status == NATS_OK) return absl::OkStatus();
  // Another bridge, or the stream's own limits, may have been faster.
  if (absl::IsNotFound(ReadMessage(quick_, stream, sequence).status())) return absl::OkStatus();
  return FromNats(status, absl::StrCat("remove a message of ", stream), error);
}

}  // namespace usersync::bridge
