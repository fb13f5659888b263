#include "bridge/pull_responder.h"

#include <utility>

#include "bridge/pull_codec.h"
#include "bridge/subjects.h"
#include "common/log.h"

namespace usersync::bridge {
namespace {

constexpr char kQueueGroup[] = "usersync-bridge";

}  // namespace

PullResponder::PullResponder(Options options, const NatsConnection& nats, StoreClient& store)
    : options_(options), nats_(nats), store_(store) {}

PullResponder::~PullResponder() {
  for (auto* subscription : {&anonymous_, &named_}) {
    if (*subscription == nullptr) continue;
    natsSubscription_Drain(subscription->get());
    natsSubscription_WaitForDrainCompletion(subscription->get(), 2000);
  }
  MutexLock lock(mutex_);
  while (under_way_ > 0) changed_.Wait(mutex_);
}

absl::Status PullResponder::Start() {
  if (auto status = Subscribe("users.pull", anonymous_); !status.ok()) return status;
  return Subscribe("users.pull.*", named_);
}

absl::Status PullResponder::Subscribe(const char* subject,
                                      NatsHandle<natsSubscription>& subscription) {
  natsSubscription* raw = nullptr;
  const natsStatus status =
      natsConnection_QueueSubscribe(&raw, nats_.get(), subject, kQueueGroup, OnRequest, this);
  subscription.reset(raw);
  return FromNats(status, absl::StrCat("subscribe to ", subject));
}

void PullResponder::OnRequest(natsConnection*, natsSubscription*, natsMsg* message, void* self) {
  const MessageHandle owner(message);
  const char* reply = natsMsg_GetReply(message);
  static_cast<PullResponder*>(self)->Answer(
      natsMsg_GetSubject(message), reply == nullptr ? "" : reply,
      absl::string_view(natsMsg_GetData(message), natsMsg_GetDataLength(message)));
}

void PullResponder::Answer(const std::string& subject, const std::string& reply,
                           absl::string_view payload) {
  // The server checks nobody's right to name a reply subject: this does.
  if (!MayReply(reply, subject)) return;
  const auto request = DecodePull(payload);
  if (!request.ok()) {
    Respond(reply, EncodePullError(request.status()));
    return;
  }
  {
    MutexLock lock(mutex_);
    while (under_way_ >= options_.most_at_once) changed_.Wait(mutex_);
    ++under_way_;
  }
  Ask(reply, *request);
}

void PullResponder::Ask(const std::string& reply, const users::v1::PullRequest& request) {
  store_.Pull(request, [this, reply, request](absl::StatusOr<users::v1::PullResponse> response) {
    if (response.ok()) {
      // The checkpoint is the last document's: a page that is too large is asked for anew.
      const int fits = CountThatFits(*response, options_.answer_bytes);
      if (fits < response->users_size()) {
        users::v1::PullRequest smaller = request;
        smaller.set_limit(fits);
        Ask(reply, smaller);
        return;
      }
    }
    Respond(reply, response.ok() ? EncodePull(*response) : EncodePullError(response.status()));
    MutexLock lock(mutex_);
    --under_way_;
    changed_.NotifyAll();
  });
}

void PullResponder::Respond(const std::string& reply, const std::string& payload) {
  const auto status = nats_.Publish(reply, payload);
  if (!status.ok()) spdlog::warn("a pull was not answered: {}", std::string(status.message()));
}

}  // namespace usersync::bridge
