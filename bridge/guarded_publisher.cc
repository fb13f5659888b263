#include "bridge/guarded_publisher.h"

#include <utility>

#include "absl/time/clock.h"

namespace usersync::bridge {

GuardedPublisher::GuardedPublisher(Options options, BroadcastStream& stream)
    : options_(options), stream_(stream) {
  stream_.Listen([this](const BroadcastStream::Answer& answer) { OnAnswer(answer); });
}

GuardedPublisher::~GuardedPublisher() { stream_.Listen(nullptr); }

void GuardedPublisher::Begin(uint64_t last_sequence, int64_t last_change) {
  MutexLock lock(mutex_);
  ++run_;
  status_ = absl::OkStatus();
  published_ = stored_ = asked_ = answered_ = silent_in_a_row_ = 0;
  begin_ = last_sequence;
  begin_change_ = last_change;
}

absl::Status GuardedPublisher::Publish(const users::v1::Change& change, const std::string& epoch,
                                       const Place& place) {
  BroadcastRequest request{.change = change, .epoch = epoch};
  {
    MutexLock lock(mutex_);
    AwaitRoom(options_.window - 1);
    // What is sent at once and what is sent together do not wait for each other.
    if (at_once_ && !place.of_few) AwaitRoom(0);
    if (!status_.ok()) return status_;
    if (unanswered() == 0) at_once_ = place.of_few;
    if (published_ == 0) first_change_ = change.version().sequence();
    request.at_once = at_once_;
    request.run = run_;
    request.expected_last = begin_ + published_;
    request.wants_answer =
        published_ == 0 || place.last || silent_in_a_row_ + 1 >= options_.ask_every;
    ++published_;
    silent_in_a_row_ = request.wants_answer ? 0 : silent_in_a_row_ + 1;
    if (request.wants_answer) ++asked_;
  }
  auto sent = stream_.Publish(request);
  if (sent.ok()) return sent;
  MutexLock lock(mutex_);
  if (request.wants_answer) ++answered_;
  Fail(std::move(sent));
  return status_;
}

absl::Status GuardedPublisher::Drain() {
  MutexLock lock(mutex_);
  AwaitRoom(0);
  return status_;
}

absl::Status GuardedPublisher::status() {
  MutexLock lock(mutex_);
  return status_;
}

bool GuardedPublisher::has_lost() {
  MutexLock lock(mutex_);
  const bool refused = absl::IsAborted(status_) || absl::IsAlreadyExists(status_);
  return refused && stored_ == 0 && answered_ == asked_;
}

uint64_t GuardedPublisher::last_sequence() {
  MutexLock lock(mutex_);
  return begin_ + stored_;
}

int64_t GuardedPublisher::last_change() {
  MutexLock lock(mutex_);
  return stored_ == 0 ? begin_change_ : first_change_ + static_cast<int64_t>(stored_) - 1;
}

// Until so few are unanswered, or nothing is left to be answered.
void GuardedPublisher::AwaitRoom(uint64_t most_unanswered) {
  uint64_t before = answered_;
  absl::Time deadline = absl::Now() + options_.answer_timeout;
  while (unanswered() > most_unanswered && answered_ < asked_) {
    changed_.WaitUntil(mutex_, deadline);
    if (answered_ != before) {
      before = answered_;
      deadline = absl::Now() + options_.answer_timeout;
    } else if (absl::Now() >= deadline) {
      Fail(absl::UnavailableError("JetStream does not answer"));
      return;
    }
  }
}

void GuardedPublisher::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

void GuardedPublisher::OnAnswer(const BroadcastStream::Answer& answer) {
  MutexLock lock(mutex_);
  if (answer.run != run_ || answered_ == asked_) return;
  ++answered_;
  if (!answer.stored_at.ok()) {
    Fail(answer.stored_at.status());
  } else if (answer.expected_last < begin_ + stored_ ||
             answer.expected_last >= begin_ + published_ ||
             *answer.stored_at != answer.expected_last + 1) {
    Fail(absl::UnavailableError("JetStream's answers are not those that were expected"));
  } else if (status_.ok()) {
    stored_ = *answer.stored_at - begin_;
  }
  changed_.NotifyAll();
}

}  // namespace usersync::bridge
