#include "bridge/nats_message_source.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "bridge/delivery.h"
#include "bridge/streams.h"
#include "bridge/subjects.h"

namespace usersync::bridge {
namespace {

// What is kept of the headers of a message that cannot be decoded.
constexpr size_t kMostHeaderBytes = 4096;

// How many removed messages are looked behind before it is taken for granted that there are others.
constexpr int kMostRemoved = 100;

constexpr int64_t kNanosPerSecond = 1000000000;

std::string HeaderLines(natsMsg* message) {
  const char** keys = nullptr;
  int count = 0;
  std::string lines;
  if (natsMsgHeader_Keys(message, &keys, &count) != NATS_OK) return lines;
  for (int i = 0; i < count && lines.size() < kMostHeaderBytes; ++i) {
    const char** values = nullptr;
    int value_count = 0;
    if (natsMsgHeader_Values(message, keys[i], &values, &value_count) != NATS_OK) continue;
    for (int v = 0; v < value_count && lines.size() < kMostHeaderBytes; ++v) {
      absl::StrAppend(&lines, keys[i], ": ", values[v], "\r\n");
    }
    std::free(values);
  }
  std::free(keys);
  if (lines.size() > kMostHeaderBytes) lines.resize(kMostHeaderBytes);
  return lines;
}

UpdateMessage UpdateOf(natsMsg* message, const Delivery& delivery) {
  UpdateMessage update;
  update.subject = natsMsg_GetSubject(message);
  update.payload = std::string(PayloadOf(message));
  update.sequence = delivery.stream_sequence;
  update.time_ns = delivery.time_ns;
  update.headers = HeaderLines(message);
  if (!update.headers.empty()) {
    std::string token = HeaderOf(message, kReceiptHeader);
    if (IsToken(token)) update.receipt_token = std::move(token);
  }
  return update;
}

}  // namespace

NatsMessageSource::NatsMessageSource(Options options, NatsConnection& nats, StreamKeeper& keeper)
    : options_(options), nats_(nats), keeper_(keeper) {
  nats_.OnLoss([this] {
    MutexLock lock(mutex_);
    Lose("the connection to NATS was lost");
  });
}

NatsMessageSource::~NatsMessageSource() { nats_.OnLoss(nullptr); }

absl::Status NatsMessageSource::Open(const Position& after) {
  subscription_.reset();
  {
    MutexLock lock(mutex_);
    waiting_.clear();
    turns_.clear();
    received_ = taken_ = last_delivery_ = 0;
    lost_ = absl::OkStatus();
    last_sign_ = absl::Now();
  }
  // A stream that is made anew between these calls shows by the time of its making.
  const auto before = ReadStreamState(nats_, kUpdateStream);
  keeper_.Note(before.status());
  if (!before.ok()) return before.status();
  const auto begin = FindBegin(after, before->messages > 0);
  if (!begin.ok()) return begin.status();
  {
    MutexLock lock(mutex_);
    skip_up_to_ns_ = begin->after_ns;
  }
  const std::string deliver_to = nats_.NewInbox();
  auto subscription = NatsSubscription::Make(
      nats_, deliver_to, "", [this](MessageHandle message) { OnMessage(std::move(message)); });
  if (!subscription.ok()) return subscription.status();
  subscription_ = *std::move(subscription);
  if (auto status = MakeConsumer(*begin, deliver_to); !status.ok()) return status;
  const auto made = ReadStreamState(nats_, kUpdateStream);
  if (!made.ok()) return made.status();
  if (made->created_ns != before->created_ns) {
    return absl::UnavailableError("USERS_UPDATE was made anew just now");
  }
  MutexLock lock(mutex_);
  last_sign_ = absl::Now();
  return lost_;
}

absl::StatusOr<NatsMessageSource::Begin> NatsMessageSource::FindBegin(const Position& after,
                                                                      bool has_messages) const {
  if (after.sequence() == 0) return Begin{};
  const Begin later = {.policy = js_DeliverByStartTime, .after_ns = NanosOf(after)};
  if (!has_messages) return later;
  const auto message = ReadMessage(nats_, kUpdateStream, after.sequence());
  if (message.ok() && natsMsg_GetTime(message->get()) == NanosOf(after)) {
    return Begin{.policy = js_DeliverByStartSequence, .sequence = after.sequence() + 1};
  }
  if (!message.ok() && !absl::IsNotFound(message.status())) return message.status();
  return later;
}

absl::Status NatsMessageSource::MakeConsumer(const Begin& begin, const std::string& deliver_to) {
  jsConsumerConfig config;
  jsConsumerConfig_Init(&config);
  config.DeliverSubject = deliver_to.c_str();
  config.DeliverPolicy = begin.policy;
  config.OptStartSeq = begin.sequence;
  if (begin.policy == js_DeliverByStartTime) {
    // In whole seconds: nats.c 3.4 writes 0.05 s as ".5", and what lies between would be skipped.
    config.OptStartTime = begin.after_ns / kNanosPerSecond * kNanosPerSecond;
  }
  config.AckPolicy = js_AckNone;
  config.MaxDeliver = 1;
  config.FlowControl = true;
  config.Heartbeat = absl::ToInt64Nanoseconds(options_.heartbeat);
  config.InactiveThreshold = absl::ToInt64Nanoseconds(options_.inactive_threshold);
  config.MemoryStorage = true;
  config.Replicas = 1;
  jsErrCode error = static_cast<jsErrCode>(0);
  const natsStatus status =
      js_AddConsumer(nullptr, nats_.jetstream(), kUpdateStream, &config, nullptr, &error);
  return FromNats(status, "read USERS_UPDATE", error);
}

void NatsMessageSource::OnMessage(MessageHandle message) {
  const char* reply = natsMsg_GetReply(message.get());
  const auto delivery = ParseDelivery(reply == nullptr ? "" : reply);
  if (!delivery) {
    MutexLock lock(mutex_);
    last_sign_ = absl::Now();
    OnSign(message.get());
    return;
  }
  UpdateMessage update = UpdateOf(message.get(), *delivery);
  MutexLock lock(mutex_);
  last_sign_ = absl::Now();
  if (!lost_.ok()) return;
  if (delivery->consumer_sequence != last_delivery_ + 1) {
    Lose("a message of USERS_UPDATE is missing");
    return;
  }
  ++last_delivery_;
  // The place was found by time, a little early.
  if (skip_up_to_ns_ != 0 && update.time_ns <= skip_up_to_ns_) return;
  skip_up_to_ns_ = 0;
  waiting_.push_back(std::move(update));
  ++received_;
  if (is_waited_for_) changed_.Notify();
}

// A heartbeat, or a request to say when everything before it has been taken.
void NatsMessageSource::OnSign(natsMsg* message) {
  const char* reply = natsMsg_GetReply(message);
  std::string flow = reply == nullptr ? "" : reply;
  if (flow.empty()) {
    flow = HeaderOf(message, "Nats-Consumer-Stalled");
    uint64_t delivered = 0;
    if (absl::SimpleAtoi(HeaderOf(message, "Nats-Last-Consumer"), &delivered) &&
        delivered != last_delivery_) {
      Lose("a message of USERS_UPDATE is missing");
      return;
    }
  }
  if (flow.empty()) return;
  turns_.push_back({received_, std::move(flow)});
  if (is_waited_for_) changed_.Notify();
}

void NatsMessageSource::Lose(const std::string& why) {
  if (lost_.ok()) lost_ = absl::UnavailableError(why);
  changed_.Notify();
}

absl::Status NatsMessageSource::Take(size_t most, absl::Time deadline,
                                     std::vector<UpdateMessage>* messages) {
  std::vector<std::string> replies;
  absl::Status status;
  {
    MutexLock lock(mutex_);
    Await(most, deadline);
    const size_t count = std::min(most, waiting_.size());
    for (size_t i = 0; i < count; ++i) {
      messages->push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    taken_ += count;
    while (!turns_.empty() && turns_.front().after_count <= taken_) {
      replies.push_back(std::move(turns_.front().reply));
      turns_.pop_front();
    }
    // What came before the loss is still in order.
    if (most > 0 && count == 0) status = lost_;
  }
  for (const std::string& reply : replies) (void)nats_.Publish(reply, "");
  return status;
}

// Without room for a message, only Wake is waited for.
void NatsMessageSource::Await(size_t most, absl::Time deadline) {
  is_waited_for_ = true;
  while (!woken_ && absl::Now() < deadline) {
    if (!turns_.empty() && turns_.front().after_count <= taken_) break;
    if (most > 0 && (!waiting_.empty() || !lost_.ok())) break;
    const absl::Time silent = last_sign_ + options_.silence_limit;
    if (most > 0 && absl::Now() >= silent) {
      Lose("the consumer of USERS_UPDATE is silent");
    } else {
      changed_.WaitUntil(mutex_, most > 0 ? std::min(deadline, silent) : deadline);
    }
  }
  is_waited_for_ = false;
  woken_ = false;
}

void NatsMessageSource::Wake() {
  MutexLock lock(mutex_);
  woken_ = true;
  changed_.Notify();
}

absl::StatusOr<bool> NatsMessageSource::HasLater(const Position& position) {
  const auto state = ReadStreamState(nats_, kUpdateStream);
  if (!state.ok()) return state.status();
  const bool has_grown = state->last_sequence > position.sequence();
  if (state->messages == 0 || !(has_grown || state->last_time_ns > NanosOf(position))) return false;
  // The newest messages may have been an erased user's, and removed.
  uint64_t sequence = state->last_sequence;
  const uint64_t seen = has_grown ? position.sequence() : 0;
  for (int asked = 0; sequence > seen && asked < kMostRemoved; --sequence, ++asked) {
    const absl::Status status = ReadMessage(nats_, kUpdateStream, sequence).status();
    if (!absl::IsNotFound(status)) return status.ok() ? absl::StatusOr<bool>(true) : status;
  }
  return sequence > seen;
}

}  // namespace usersync::bridge
