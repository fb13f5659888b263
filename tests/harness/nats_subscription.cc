#include "tests/harness/nats_subscription.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "tests/harness/eventually.h"

namespace usersync::tests {

absl::StatusOr<std::unique_ptr<NatsSubscription>> NatsSubscription::Make(
    natsConnection* connection, const std::string& subject) {
  std::unique_ptr<NatsSubscription> made(new NatsSubscription);
  const natsStatus status = natsConnection_Subscribe(&made->subscription_, connection,
                                                     subject.c_str(), OnMessage, made.get());
  if (status != NATS_OK) {
    return absl::UnavailableError(absl::StrCat(subject, ": ", natsStatus_GetText(status)));
  }
  // A test may look late; nothing may be dropped meanwhile.
  natsSubscription_SetPendingLimits(made->subscription_, -1, -1);
  return made;
}

NatsSubscription::~NatsSubscription() {
  if (subscription_ == nullptr) return;
  // The callback holds a pointer to us: wait until it cannot run again.
  struct Ended {
    Mutex mutex;
    bool is_ended GUARDED_BY(mutex) = false;
  } ended;
  natsSubscription_SetOnCompleteCB(
      subscription_,
      [](void* closure) {
        auto* const waiting = static_cast<Ended*>(closure);
        MutexLock lock(waiting->mutex);
        waiting->is_ended = true;
      },
      &ended);
  if (natsSubscription_Unsubscribe(subscription_) == NATS_OK) {
    Eventually([&ended] {
      MutexLock lock(ended.mutex);
      return ended.is_ended;
    });
  }
  natsSubscription_Destroy(subscription_);
}

absl::StatusOr<NatsMessage> NatsSubscription::Next(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  MutexLock lock(mutex_);
  while (messages_.empty()) {
    if (!arrived_.WaitUntil(mutex_, give_up) && messages_.empty()) {
      return absl::DeadlineExceededError("no message came");
    }
  }
  NatsMessage message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

std::vector<NatsMessage> NatsSubscription::TakeAll() {
  MutexLock lock(mutex_);
  std::vector<NatsMessage> all(std::make_move_iterator(messages_.begin()),
                               std::make_move_iterator(messages_.end()));
  messages_.clear();
  return all;
}

void NatsSubscription::OnMessage(natsConnection*, natsSubscription*, natsMsg* message,
                                 void* closure) {
  auto* const self = static_cast<NatsSubscription*>(closure);
  NatsMessage made = NatsMessage::From(message);
  natsMsg_Destroy(message);
  MutexLock lock(self->mutex_);
  self->messages_.push_back(std::move(made));
  self->arrived_.Notify();
}

}  // namespace usersync::tests
