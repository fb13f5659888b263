#include "store/watcher.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/status.h"
#include "store/sql_text.h"

namespace usersync::store {

Watcher::Watcher(Options options, grpc::CallbackServerContext* context, ChangeFeed& feed,
                 ThreadPool& readers, std::function<void(const std::shared_ptr<Watcher>&)> on_done)
    : options_(options),
      context_(context),
      feed_(feed),
      readers_(readers),
      on_done_(std::move(on_done)) {}

void Watcher::Begin(int64_t position, std::string checkpoint, int64_t generation) {
  MutexLock lock(mutex_);
  if (activity_ != Activity::kBeginning) return;
  activity_ = Activity::kIdle;
  position_ = position;
  checkpoint_ = std::move(checkpoint);
  generation_ = generation;
  PumpLocked();
}

void Watcher::Fail(const absl::Status& status) {
  MutexLock lock(mutex_);
  if (end_.ok()) end_ = status;
  if (activity_ == Activity::kIdle || activity_ == Activity::kBeginning) FinishLocked(end_);
}

void Watcher::Pump() {
  MutexLock lock(mutex_);
  PumpLocked();
}

void Watcher::PumpLocked() {
  if (activity_ == Activity::kWriting && absl::Now() - last_write_ > options_.stall_timeout) {
    // The write ends with an error, and with it the stream.
    context_->TryCancel();
    return;
  }
  if (activity_ != Activity::kIdle) return;
  if (!end_.ok()) {
    FinishLocked(end_);
    return;
  }
  if (feed_.head().generation != generation_) {
    CheckHistory();
    return;
  }
  std::vector<ChangePointer> page;
  if (!feed_.TryRead(position_, &page)) {
    ReadBack();
  } else if (!page.empty()) {
    Send(page);
  } else if (!started_ || absl::Now() - last_write_ >= options_.heartbeat) {
    SendHeartbeat();
  }
}

template <typename Work>
void Watcher::InBackground(Work work) {
  activity_ = Activity::kReading;
  readers_.Add([self = shared_from_this(), work] {
    work(*self);
    MutexLock lock(self->mutex_);
    if (!self->end_.ok() && self->activity_ == Activity::kIdle) self->FinishLocked(self->end_);
  });
}

void Watcher::ReadBack() {
  InBackground([after = position_](Watcher& self) {
    const auto page = self.feed_.ReadBack(after);
    MutexLock lock(self.mutex_);
    if (self.activity_ != Activity::kReading) return;
    self.activity_ = Activity::kIdle;
    if (!self.end_.ok()) return;
    if (!page.ok() && absl::IsUnavailable(page.status())) return;  // the next tick tries again
    if (!page.ok()) {
      self.FinishLocked(page.status());
    } else if (!page->empty()) {
      self.Send(*page);
    }
  });
}

// The feed began again: is this stream's position still in the database's history?
void Watcher::CheckHistory() {
  InBackground([checkpoint = checkpoint_](Watcher& self) {
    const int64_t generation = self.feed_.head().generation;
    const auto position = self.feed_.Resolve(checkpoint);
    MutexLock lock(self.mutex_);
    if (self.activity_ != Activity::kReading) return;
    self.activity_ = Activity::kIdle;
    if (position.ok()) {
      self.generation_ = generation;
      self.PumpLocked();
    } else if (!absl::IsUnavailable(position.status())) {
      self.FinishLocked(position.status());
    }
  });
}

void Watcher::Send(const std::vector<ChangePointer>& page) {
  response_.Clear();
  google::protobuf::Timestamp now;
  SetTimestamp(absl::ToUnixMicros(absl::Now()), &now);
  auto& changes = *response_.mutable_changes()->mutable_changes();
  changes.Reserve(static_cast<int>(page.size()));
  for (const ChangePointer& change : page) {
    users::v1::Change& sent = *changes.Add();
    sent = *change;
    if (sent.has_hop_times()) *sent.mutable_hop_times()->mutable_send_time() = now;
  }
  position_ = page.back()->version().sequence();
  checkpoint_ = page.back()->checkpoint();
  Write();
}

void Watcher::SendHeartbeat() {
  response_.Clear();
  response_.mutable_heartbeat()->set_log_checkpoint(options_.log_checkpoint());
  Write();
}

void Watcher::Write() {
  response_.set_checkpoint(checkpoint_);
  response_.set_head_sequence(std::max(position_, feed_.head().sequence));
  response_.set_epoch(feed_.epoch_text());
  activity_ = Activity::kWriting;
  started_ = true;
  last_write_ = absl::Now();
  StartWrite(&response_);
}

void Watcher::FinishLocked(const absl::Status& status) {
  if (activity_ == Activity::kFinished) return;
  activity_ = Activity::kFinished;
  Finish(ToGrpc(status));
}

void Watcher::OnWriteDone(bool ok) {
  MutexLock lock(mutex_);
  if (activity_ != Activity::kWriting) return;
  activity_ = Activity::kIdle;
  if (!ok) {
    FinishLocked(absl::CancelledError("the client has gone, or did not read for too long"));
    return;
  }
  PumpLocked();
}

void Watcher::OnCancel() { Fail(absl::CancelledError("the client has gone")); }

void Watcher::OnDone() { on_done_(shared_from_this()); }

}  // namespace usersync::store
