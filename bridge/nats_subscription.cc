#include "bridge/nats_subscription.h"

#include <utility>

namespace usersync::bridge {

absl::StatusOr<std::unique_ptr<NatsSubscription>> NatsSubscription::Make(
    const NatsConnection& nats, const std::string& subject, const std::string& queue_group,
    Handler handler) {
  std::unique_ptr<NatsSubscription> result(new NatsSubscription(std::move(handler)));
  natsSubscription* raw = nullptr;
  natsStatus status =
      queue_group.empty()
          ? natsConnection_Subscribe(&raw, nats.get(), subject.c_str(), OnMessage, result.get())
          : natsConnection_QueueSubscribe(&raw, nats.get(), subject.c_str(), queue_group.c_str(),
                                          OnMessage, result.get());
  if (status == NATS_OK) {
    result->subscription_.reset(raw);
    status = natsSubscription_SetOnCompleteCB(raw, OnComplete, result.get());
  }
  // Whoever sends holds back by its own means; nothing is dropped here.
  if (status == NATS_OK) status = natsSubscription_SetPendingLimits(raw, -1, -1);
  if (status != NATS_OK) return FromNats(status, absl::StrCat("subscribe to ", subject));
  return result;
}

NatsSubscription::~NatsSubscription() {
  if (subscription_ == nullptr) return;
  natsSubscription_Unsubscribe(subscription_.get());
  MutexLock lock(mutex_);
  while (!completed_) changed_.Wait(mutex_);
}

void NatsSubscription::Drain(absl::Duration timeout) {
  const int64_t milliseconds = absl::ToInt64Milliseconds(timeout);
  if (natsSubscription_DrainTimeout(subscription_.get(), milliseconds) == NATS_OK) {
    natsSubscription_WaitForDrainCompletion(subscription_.get(), milliseconds);
  }
}

void NatsSubscription::OnMessage(natsConnection*, natsSubscription*, natsMsg* message, void* self) {
  static_cast<NatsSubscription*>(self)->handler_(MessageHandle(message));
}

void NatsSubscription::OnComplete(void* self) {
  auto* subscription = static_cast<NatsSubscription*>(self);
  MutexLock lock(subscription->mutex_);
  subscription->completed_ = true;
  subscription->changed_.NotifyAll();
}

absl::string_view PayloadOf(const natsMsg* message) {
  return absl::string_view(natsMsg_GetData(message), natsMsg_GetDataLength(message));
}

std::string HeaderOf(natsMsg* message, const char* name) {
  const char* value = nullptr;
  if (natsMsgHeader_Get(message, name, &value) != NATS_OK || value == nullptr) return "";
  return value;
}

}  // namespace usersync::bridge
