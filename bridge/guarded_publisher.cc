#include "bridge/guarded_publisher.h"

#include <rapidjson/document.h>

#include "absl/random/random.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "bridge/broadcast_message.h"

namespace usersync::bridge {
namespace {

// JetStream's "wrong last sequence".
constexpr int kWrongLastSequence = 10071;

// OK only if the message was stored with this sequence.
absl::Status CheckAnswer(absl::string_view payload, uint64_t expected) {
  rapidjson::Document answer;
  answer.Parse(payload.data(), payload.size());
  if (answer.HasParseError() || !answer.IsObject()) {
    return absl::UnavailableError("JetStream does not answer");
  }
  if (answer.HasMember("error")) {
    const auto& error = answer["error"];
    const bool guard = error.IsObject() && error.HasMember("err_code") &&
                       error["err_code"].IsInt() &&
                       error["err_code"].GetInt() == kWrongLastSequence;
    return guard ? absl::AbortedError("somebody else publishes to USERS_BROADCAST")
                 : absl::UnavailableError("JetStream refused a broadcast");
  }
  if (answer.HasMember("duplicate")) {
    return absl::UnavailableError("JetStream took a broadcast for a duplicate");
  }
  if (!answer.HasMember("seq") || !answer["seq"].IsUint64() ||
      answer["seq"].GetUint64() != expected) {
    return absl::UnavailableError("JetStream stored a broadcast elsewhere");
  }
  return absl::OkStatus();
}

std::string UniqueInbox() {
  absl::BitGen random;
  return absl::StrCat(GuardedPublisher::kInbox, ".", absl::Hex(absl::Uniform<uint64_t>(random)));
}

}  // namespace

GuardedPublisher::GuardedPublisher(Options options, const NatsConnection& quick,
                                   const NatsConnection& bulk)
    : options_(options), quick_(quick), bulk_(bulk), inbox_(UniqueInbox()) {}

GuardedPublisher::~GuardedPublisher() = default;

absl::Status GuardedPublisher::Start() {
  natsSubscription* raw = nullptr;
  const natsStatus status = natsConnection_Subscribe(
      &raw, quick_.get(), absl::StrCat(inbox_, ".>").c_str(), OnAnswer, this);
  subscription_.reset(raw);
  return FromNats(status, "subscribe to JetStream's answers");
}

void GuardedPublisher::Begin(uint64_t last_sequence) {
  MutexLock lock(mutex_);
  ++run_;
  published_ = answered_ = last_sequence;
  status_ = absl::OkStatus();
}

absl::Status GuardedPublisher::Publish(const users::v1::Change& change, const std::string& epoch,
                                       bool few) {
  const NatsConnection* wanted = few ? &quick_ : &bulk_;
  bool switches = false;
  {
    MutexLock lock(mutex_);
    switches = current_ != wanted;
  }
  // Two connections keep no order between them.
  if (auto status = AwaitInFlight(switches ? 0 : options_.window - 1); !status.ok()) {
    return status;
  }
  uint64_t expected_last = 0;
  std::string reply;
  {
    MutexLock lock(mutex_);
    current_ = wanted;
    expected_last = published_++;
    reply = absl::StrCat(inbox_, ".", run_, ".", published_);
  }
  auto message = MakeBroadcast(change, epoch, expected_last, reply);
  if (!message.ok()) return message.status();
  return FromNats(natsConnection_PublishMsg(wanted->get(), message->get()), "broadcast");
}

absl::Status GuardedPublisher::Drain() { return AwaitInFlight(0); }

absl::Status GuardedPublisher::status() {
  MutexLock lock(mutex_);
  return status_;
}

uint64_t GuardedPublisher::last_sequence() {
  MutexLock lock(mutex_);
  return answered_;
}

absl::Status GuardedPublisher::AwaitInFlight(uint64_t most) {
  MutexLock lock(mutex_);
  uint64_t before = answered_;
  absl::Time deadline = absl::Now() + options_.answer_timeout;
  while (status_.ok() && published_ - answered_ > most) {
    changed_.WaitUntil(mutex_, deadline);
    if (answered_ != before) {
      before = answered_;
      deadline = absl::Now() + options_.answer_timeout;
    } else if (absl::Now() >= deadline && status_.ok()) {
      status_ = absl::UnavailableError("JetStream does not answer");
    }
  }
  return status_;
}

void GuardedPublisher::OnAnswer(natsConnection*, natsSubscription*, natsMsg* message, void* self) {
  const MessageHandle owner(message);
  static_cast<GuardedPublisher*>(self)->Answered(
      natsMsg_GetSubject(message),
      absl::string_view(natsMsg_GetData(message), natsMsg_GetDataLength(message)));
}

void GuardedPublisher::Answered(absl::string_view subject, absl::string_view payload) {
  const std::vector<absl::string_view> tokens = absl::StrSplit(subject, '.');
  uint64_t run = 0;
  uint64_t expected = 0;
  if (tokens.size() < 2 || !absl::SimpleAtoi(tokens[tokens.size() - 2], &run) ||
      !absl::SimpleAtoi(tokens.back(), &expected)) {
    return;
  }
  const absl::Status answer = CheckAnswer(payload, expected);
  MutexLock lock(mutex_);
  if (run != run_ || !status_.ok()) return;
  if (answer.ok() && expected == answered_ + 1) {
    ++answered_;
  } else {
    status_ = answer.ok() ? absl::UnavailableError("an answer of JetStream is missing") : answer;
  }
  changed_.NotifyAll();
}

}  // namespace usersync::bridge
