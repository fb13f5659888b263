#include "bridge/monitor.h"

#include <rapidjson/document.h>

#include <map>
#include <set>

#include "absl/random/random.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bridge/nats_subscription.h"
#include "bridge/subjects.h"
#include "bridge/update_decoder.h"
#include "protos/utf8.h"

namespace usersync::bridge {
namespace {

constexpr absl::Duration kStep = absl::Milliseconds(200);

// On one line, fit for a terminal: what clients send may hold any bytes.
std::string Describe(natsMsg* message) {
  std::string line = natsMsg_GetSubject(message);
  for (const char* name : {"Users-Seq", "Users-Version", "Users-Action", "Users-Actor",
                           "Users-Mutation", "Users-Checkpoint", "Users-Receipt"}) {
    const std::string value = HeaderOf(message, name);
    if (!value.empty()) absl::StrAppend(&line, " ", name, "=", value);
  }
  const absl::string_view payload = PayloadOf(message);
  absl::StrAppend(&line, payload.empty() ? "" : " ", payload);
  return ShowText(line, line.size());
}

absl::StatusOr<NatsHandle<natsSubscription>> Subscribe(const NatsConnection& nats,
                                                       const std::string& subject) {
  natsSubscription* raw = nullptr;
  const natsStatus status = natsConnection_SubscribeSync(&raw, nats.get(), subject.c_str());
  NatsHandle<natsSubscription> subscription(raw);
  if (status != NATS_OK) return FromNats(status, absl::StrCat("subscribe to ", subject));
  return subscription;
}

// The next message, or null if none came in time.
absl::StatusOr<MessageHandle> Next(natsSubscription* subscription, absl::Duration timeout) {
  natsMsg* raw = nullptr;
  const natsStatus status =
      natsSubscription_NextMsg(&raw, subscription, absl::ToInt64Milliseconds(timeout));
  MessageHandle message(raw);
  if (status != NATS_OK && status != NATS_TIMEOUT) return FromNats(status, "read from NATS");
  return message;
}

std::string RandomToken() {
  absl::BitGen random;
  return absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

// Follows the receipts of one message, and the broadcasts of what they committed.
class Story {
 public:
  Story(size_t expected, const Say& say) : receipts_missing_(expected), say_(say) {}

  void OnReceipt(natsMsg* message) {
    const std::string payload(PayloadOf(message));
    say_(absl::StrCat("receipt    ", payload));
    rapidjson::Document receipt;
    receipt.Parse(payload.data(), payload.size());
    if (receipts_missing_ > 0) --receipts_missing_;
    if (receipt.HasParseError() || !receipt.IsObject() || !receipt.HasMember("outcome")) return;
    const std::string outcome = receipt["outcome"].GetString();
    if (outcome == "APPLIED" || outcome == "MERGED") {
      const int64_t sequence = receipt["seq"].GetInt64();
      say_(absl::StrCat("version    ", receipt["version"].GetInt64(), ", sequence ", sequence));
      const auto seen = broadcasts_.find(sequence);
      if (seen != broadcasts_.end()) {
        say_(seen->second);
      } else if (!receipt.HasMember("replayed")) {
        awaited_.insert(sequence);
      }
    } else if (outcome != "UNCHANGED") {
      refused_ = true;
    }
  }

  void OnBroadcast(natsMsg* message) {
    int64_t sequence = 0;
    if (!absl::SimpleAtoi(HeaderOf(message, "Users-Seq"), &sequence)) return;
    const std::string line = absl::StrCat("broadcast  ", Describe(message));
    if (awaited_.erase(sequence) > 0) {
      say_(line);
    } else if (receipts_missing_ > 0 && broadcasts_.size() < kMostRemembered) {
      broadcasts_[sequence] = line;
    }
  }

  bool done() const { return receipts_missing_ == 0 && awaited_.empty(); }
  bool refused() const { return refused_; }

 private:
  static constexpr size_t kMostRemembered = 10000;

  size_t receipts_missing_;
  const Say& say_;
  bool refused_ = false;
  std::set<int64_t> awaited_;
  std::map<int64_t, std::string> broadcasts_;
};

}  // namespace

absl::Status Monitor(const NatsConnection& nats, const std::function<bool()>& stopped,
                     const Say& say) {
  const auto subscription = Subscribe(nats, "users.>");
  if (!subscription.ok()) return subscription.status();
  while (!stopped()) {
    const auto message = Next(subscription->get(), kStep);
    if (!message.ok()) return message.status();
    if (*message != nullptr) say(Describe(message->get()));
  }
  return absl::OkStatus();
}

absl::Status PublishAndWait(const NatsConnection& nats, const std::string& actor,
                            const std::string& payload, absl::Duration timeout, const Say& say) {
  if (!actor.empty() && !IsToken(actor)) {
    return absl::InvalidArgumentError("--actor must be 1 to 64 characters of [A-Za-z0-9_-]");
  }
  const size_t expected = DecodeUpdate({.payload = payload}).entries.size();
  const std::string token = RandomToken();
  const std::string receipt_subject =
      ReceiptSubject(actor.empty() ? kAnonymousActor : actor, token);
  const auto receipts = Subscribe(nats, receipt_subject);
  if (!receipts.ok()) return receipts.status();
  const auto broadcasts = Subscribe(nats, kBroadcastSubject);
  if (!broadcasts.ok()) return broadcasts.status();
  if (auto status = nats.Flush(timeout); !status.ok()) return status;

  const std::string subject =
      actor.empty() ? kUpdateSubject : absl::StrCat(kUpdateSubject, ".", actor);
  natsMsg* raw = nullptr;
  natsStatus made = natsMsg_Create(&raw, subject.c_str(), nullptr, payload.data(),
                                   static_cast<int>(payload.size()));
  const MessageHandle message(raw);
  if (made == NATS_OK) made = natsMsgHeader_Set(raw, kReceiptHeader, token.c_str());
  if (made == NATS_OK) made = natsConnection_PublishMsg(nats.get(), raw);
  if (made != NATS_OK) return FromNats(made, "publish");
  say(absl::StrCat("published  ", subject));

  Story story(expected, say);
  const absl::Time deadline = absl::Now() + timeout;
  while (!story.done()) {
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(
          "no receipt or broadcast in time: the change may still be made; ask again with the "
          "same mutation_id");
    }
    auto broadcast = Next(broadcasts->get(), absl::Milliseconds(5));
    if (!broadcast.ok()) return broadcast.status();
    if (*broadcast != nullptr) story.OnBroadcast(broadcast->get());
    auto receipt = Next(receipts->get(), absl::Milliseconds(5));
    if (!receipt.ok()) return receipt.status();
    if (*receipt != nullptr) story.OnReceipt(receipt->get());
  }
  if (story.refused()) return absl::FailedPreconditionError("not everything was committed");
  return absl::OkStatus();
}

}  // namespace usersync::bridge
