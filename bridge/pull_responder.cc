#include "bridge/pull_responder.h"

#include <algorithm>
#include <utility>

#include "bridge/pull_codec.h"
#include "bridge/subjects.h"
#include "common/log.h"

namespace usersync::bridge {
namespace {

constexpr char kQueueGroup[] = "usersync-bridge";

// What a message takes up beside its payload: subject and protocol.
constexpr size_t kAroundPayload = 1024;

constexpr absl::Duration kDrainTimeout = absl::Seconds(2);

}  // namespace

PullResponder::PullResponder(Options options, const NatsConnection& nats, StoreClient& store,
                             Counters& counters)
    : options_(options), nats_(nats), store_(store), counters_(counters) {}

PullResponder::~PullResponder() {
  for (auto* subscription : {&anonymous_, &named_}) {
    if (*subscription != nullptr) (*subscription)->Drain(kDrainTimeout);
    subscription->reset();
  }
  MutexLock lock(mutex_);
  while (under_way_ > 0) changed_.Wait(mutex_);
}

absl::Status PullResponder::Start() {
  const auto handler = [this](MessageHandle message) { OnRequest(std::move(message)); };
  auto anonymous = NatsSubscription::Make(nats_, kPullSubject, kQueueGroup, handler);
  if (!anonymous.ok()) return anonymous.status();
  anonymous_ = *std::move(anonymous);
  auto named =
      NatsSubscription::Make(nats_, absl::StrCat(kPullSubject, ".*"), kQueueGroup, handler);
  if (!named.ok()) return named.status();
  named_ = *std::move(named);
  return absl::OkStatus();
}

void PullResponder::OnRequest(MessageHandle message) {
  const char* reply = natsMsg_GetReply(message.get());
  // The server checks nobody's right to name a reply subject: this does.
  if (reply == nullptr || !MayReply(reply, natsMsg_GetSubject(message.get()))) return;
  counters_.pulls.Add();
  auto request = DecodePull(PayloadOf(message.get()));
  if (!request.ok()) {
    Respond(reply, EncodePullError(request.status()));
    return;
  }
  auto question =
      std::make_shared<Question>(Question{reply, *std::move(request), options_.tries - 1});
  {
    MutexLock lock(mutex_);
    while (under_way_ >= options_.most_at_once) changed_.Wait(mutex_);
    ++under_way_;
  }
  Ask(question);
}

void PullResponder::Ask(const std::shared_ptr<Question>& question) {
  store_.Pull(question->request,
              [this, question](absl::StatusOr<users::v1::PullResponse> response) {
                OnResponse(question, std::move(response));
              });
}

void PullResponder::OnResponse(const std::shared_ptr<Question>& question,
                               absl::StatusOr<users::v1::PullResponse> response) {
  if (absl::IsUnavailable(response.status()) && question->tries_left > 0) {
    --question->tries_left;
    Ask(question);
    return;
  }
  if (response.ok()) {
    // The checkpoint is the last document's: a page that is too large is asked for anew.
    const int fits = CountThatFits(*response, AnswerBytes());
    if (fits < response->users_size()) {
      question->request.set_limit(fits);
      Ask(question);
      return;
    }
  } else {
    counters_.failed_pulls.Add();
  }
  Respond(question->reply,
          response.ok() ? EncodePull(*response) : EncodePullError(response.status()));
  MutexLock lock(mutex_);
  --under_way_;
  changed_.NotifyAll();
}

size_t PullResponder::AnswerBytes() const {
  const size_t carried = nats_.max_payload();
  return carried > kAroundPayload ? std::min(options_.answer_bytes, carried - kAroundPayload)
                                  : options_.answer_bytes;
}

void PullResponder::Respond(const std::string& reply, const std::string& payload) {
  const auto status = nats_.Publish(reply, payload);
  if (!status.ok()) spdlog::warn("a pull was not answered: {}", std::string(status.message()));
}

}  // namespace usersync::bridge
