#include "bridge/message_source.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "bridge/streams.h"
#include "bridge/subjects.h"

namespace usersync::bridge {
namespace {

// How much may wait in memory between NATS and the decoder; the server's flow control holds the
// rest back.
constexpr int kPendingMessages = 65536;
constexpr int kPendingBytes = 64 << 20;

std::string HeaderLines(natsMsg* message) {
  const char** keys = nullptr;
  int count = 0;
  std::string lines;
  if (natsMsgHeader_Keys(message, &keys, &count) != NATS_OK) return lines;
  for (int i = 0; i < count; ++i) {
    const char** values = nullptr;
    int value_count = 0;
    if (natsMsgHeader_Values(message, keys[i], &values, &value_count) != NATS_OK) continue;
    for (int v = 0; v < value_count; ++v) {
      absl::StrAppend(&lines, keys[i], ": ", values[v], "\r\n");
    }
    std::free(values);
  }
  std::free(keys);
  return lines;
}

class NatsMessageSource final : public MessageSource {
 public:
  explicit NatsMessageSource(const NatsConnection& nats) : nats_(nats) {}

  absl::Status Open(const users::internal::v1::Position& after) override {
    subscription_.reset();
    // Something opened before the connection was lost may have missed the loss.
    reconnects_ = nats_.reconnects();
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Stream = kUpdateStream;
    options.Ordered = true;
    if (after.sequence() == 0) {
      options.Config.DeliverPolicy = js_DeliverAll;
    } else {
      const auto holds = Holds(after);
      if (!holds.ok()) return holds.status();
      if (*holds) {
        options.Config.DeliverPolicy = js_DeliverByStartSequence;
        options.Config.OptStartSeq = after.sequence() + 1;
      } else {
        options.Config.DeliverPolicy = js_DeliverByStartTime;
        options.Config.OptStartTime = NanosOf(after) + 1;
      }
    }
    natsSubscription* raw = nullptr;
    jsErrCode error = static_cast<jsErrCode>(0);
    const natsStatus status =
        js_SubscribeSync(&raw, nats_.jetstream(), "users.>", nullptr, &options, &error);
    subscription_.reset(raw);
    if (status != NATS_OK) return FromNats(status, "read USERS_UPDATE", error);
    natsSubscription_SetPendingLimits(raw, kPendingMessages, kPendingBytes);
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<UpdateMessage>> Next(absl::Duration timeout) override {
    if (subscription_ == nullptr) return absl::FailedPreconditionError("not open");
    if (nats_.reconnects() != reconnects_) {
      return absl::UnavailableError("the connection to NATS was lost");
    }
    natsMsg* raw = nullptr;
    const natsStatus status =
        natsSubscription_NextMsg(&raw, subscription_.get(), absl::ToInt64Milliseconds(timeout));
    const MessageHandle message(raw);
    if (status == NATS_TIMEOUT) return std::nullopt;
    if (status != NATS_OK) return FromNats(status, "read USERS_UPDATE");
    UpdateMessage update;
    update.subject = natsMsg_GetSubject(raw);
    update.headers = HeaderLines(raw);
    update.payload.assign(natsMsg_GetData(raw), natsMsg_GetDataLength(raw));
    std::string token = HeaderOf(raw, kReceiptHeader);
    if (IsToken(token)) update.receipt_token = std::move(token);
    jsMsgMetaData* metadata = nullptr;
    if (auto read = natsMsg_GetMetaData(&metadata, raw); read != NATS_OK) {
      return FromNats(read, "read the place of a message");
    }
    update.sequence = metadata->Sequence.Stream;
    update.time_ns = metadata->Timestamp;
    jsMsgMetaData_Destroy(metadata);
    return update;
  }

  bool HasNext() override {
    int messages = 0;
    int bytes = 0;
    return subscription_ != nullptr &&
           natsSubscription_GetPending(subscription_.get(), &messages, &bytes) == NATS_OK &&
           messages > 0;
  }

  absl::StatusOr<bool> HasLater(const users::internal::v1::Position& position) override {
    const auto state = ReadStreamState(nats_, kUpdateStream);
    if (!state.ok()) return state.status();
    return state->messages > 0 &&
           (state->last_sequence > position.sequence() || state->last_time_ns > NanosOf(position));
  }

 private:
  absl::StatusOr<bool> Holds(const users::internal::v1::Position& position) const {
    const auto message = ReadMessage(nats_, kUpdateStream, position.sequence());
    if (absl::IsNotFound(message.status())) return false;
    if (!message.ok()) return message.status();
    return natsMsg_GetTime(message->get()) == NanosOf(position);
  }

  const NatsConnection& nats_;
  NatsHandle<natsSubscription> subscription_;
  uint64_t reconnects_ = 0;
};

}  // namespace

std::unique_ptr<MessageSource> MakeMessageSource(const NatsConnection& nats) {
  return std::make_unique<NatsMessageSource>(nats);
}

int64_t NanosOf(const users::internal::v1::Position& position) {
  return position.time().seconds() * 1000000000 + position.time().nanos();
}

users::internal::v1::Position MakePosition(uint64_t sequence, int64_t time_ns) {
  users::internal::v1::Position position;
  position.set_sequence(sequence);
  position.mutable_time()->set_seconds(time_ns / 1000000000);
  position.mutable_time()->set_nanos(static_cast<int>(time_ns % 1000000000));
  return position;
}

}  // namespace usersync::bridge
