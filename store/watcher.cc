#include "store/watcher.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/status.h"

namespace usersync::store {

Watcher::Watcher(absl::Duration stall_timeout, grpc::CallbackServerContext* context,
                 Sources sources, std::function<void(const std::shared_ptr<Watcher>&)> on_done)
    : stall_timeout_(stall_timeout),
      context_(context),
      sources_(sources),
      on_done_(std::move(on_done)) {}

void Watcher::Begin(WatchRequest asked, WatchPlace place) {
  MutexLock lock(mutex_);
  if (activity_ != Activity::kBeginning) return;
  activity_ = Activity::kIdle;
  asked_ = std::move(asked);
  place_ = std::move(place);
  if (asked_.wants_snapshot()) {
    snapshot_ = std::make_shared<SnapshotReader>(sources_.feed.epoch(), place_.sequence,
                                                 asked_.filter.UserIds());
  }
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
  if (activity_ == Activity::kWriting && absl::Now() - last_write_ > stall_timeout_) {
    // The write ends with an error, and with it the stream.
    context_->TryCancel();
    return;
  }
  if (activity_ != Activity::kIdle) return;
  if (!end_.ok()) {
    FinishLocked(end_);
  } else if (sources_.feed.generation() != place_.generation) {
    CheckHistory();
  } else if (snapshot_ != nullptr) {
    ReadSnapshot();
  } else {
    Follow();
  }
}

// Sends the changes that come next, or goes over those that are not chosen.
void Watcher::Follow() {
  while (true) {
    const ToldBatches::Key next = NextBatch();
    if (asked_.filter.ChoosesAll()) {
      if (const auto batch = sources_.batches.Find(next, absl::Now())) {
        Send(*batch);
        return;
      }
    }
    std::vector<ChangePointer> page;
    if (!sources_.feed.TryRead(place_.sequence, asked_.view.include_before, &page)) {
      ReadBack();
      return;
    }
    if (page.empty()) {
      if (HeartbeatIsDue()) SendHeartbeat();
      return;
    }
    if (Tell(page, next)) return;
  }
}

// Sends what is chosen of a page; if nothing is, only goes on and returns false. `next` is the
// batch that the page makes if all of it is chosen, named before the page was read.
bool Watcher::Tell(const std::vector<ChangePointer>& page, const ToldBatches::Key& next) {
  const absl::Time now = absl::Now();
  if (asked_.filter.ChoosesAll()) {
    ToldBatch batch = RenderBatch(page, asked_.view, now);
    sources_.batches.Add(next, batch, now);
    Send(batch);
    return true;
  }
  const auto chosen = asked_.filter.Choose(page);
  if (chosen.empty()) {
    place_.sequence = page.back()->sequence();
    place_.checkpoint = page.back()->change.checkpoint();
    return false;
  }
  ToldBatch batch = RenderBatch(chosen, asked_.view, now);
  // What was not chosen after the last one is told, too.
  batch.sequence = page.back()->sequence();
  batch.checkpoint = page.back()->change.checkpoint();
  Send(batch);
  return true;
}

template <typename Work>
void Watcher::InBackground(Work work) {
  activity_ = Activity::kReading;
  sources_.reads.InBackground([self = shared_from_this(), work] {
    work(*self);
    MutexLock lock(self->mutex_);
    if (!self->end_.ok() && self->activity_ == Activity::kIdle) self->FinishLocked(self->end_);
  });
}

// Takes the end of work in the background; returns whether to use what it read.
bool Watcher::MayGoOn(const absl::Status& read) {
  if (activity_ != Activity::kReading) return false;
  activity_ = Activity::kIdle;
  // While the database is away, the next tick tries again.
  if (!end_.ok() || absl::IsUnavailable(read)) return false;
  if (!read.ok()) FinishLocked(read);
  return read.ok();
}

void Watcher::ReadBack() {
  InBackground([next = NextBatch()](Watcher& self) {
    const auto page = self.sources_.feed.ReadBack(next.after, next.view.include_before);
    MutexLock lock(self.mutex_);
    if (!self.MayGoOn(page.status()) || page->empty() || self.Tell(*page, next)) return;
    if (self.HeartbeatIsDue()) {
      self.SendHeartbeat();
    } else {
      self.PumpLocked();
    }
  });
}

void Watcher::ReadSnapshot() {
  InBackground([snapshot = snapshot_](Watcher& self) {
    auto page = self.sources_.reads.Run(*self.context_,
                                        [&](Session& session) { return snapshot->Next(session); });
    MutexLock lock(self.mutex_);
    if (self.MayGoOn(page.status())) self.SendSnapshot(*std::move(page));
  });
}

// The feed began again: is this stream's position still in the database's history?
void Watcher::CheckHistory() {
  InBackground([checkpoint = place_.checkpoint](Watcher& self) {
    const int64_t generation = self.sources_.feed.generation();
    const auto position = self.sources_.feed.ResolveForChanges(checkpoint);
    MutexLock lock(self.mutex_);
    if (!self.MayGoOn(position.status())) return;
    self.place_.generation = generation;
    self.PumpLocked();
  });
}

void Watcher::Send(const ToldBatch& batch) {
  place_.sequence = batch.sequence;
  place_.checkpoint = batch.checkpoint;
  Write(ResponseOf(NewResponse(), batch.changes));
}

void Watcher::SendSnapshot(SnapshotReader::Page page) {
  users::v1::WatchResponse response = NewResponse();
  if (page.users.users().empty()) {
    response.mutable_snapshot_end()->set_user_count(snapshot_->user_count());
    snapshot_.reset();
    asked_.snapshot_slot.reset();
  } else if (asked_.filter.ChoosesByWrite()) {
    // The changes after this page would leave out users whose last change is not chosen: whoever
    // is interrupted here begins again.
    response.clear_checkpoint();
    *response.mutable_snapshot() = std::move(page.users);
  } else {
    response.set_checkpoint(page.checkpoint);
    *response.mutable_snapshot() = std::move(page.users);
  }
  Write(ResponseOf(response));
}

void Watcher::SendHeartbeat() {
  users::v1::WatchResponse response = NewResponse();
  response.mutable_heartbeat()->set_log_checkpoint(sources_.log_checkpoint());
  Write(ResponseOf(response));
}

users::v1::WatchResponse Watcher::NewResponse() const {
  users::v1::WatchResponse response;
  response.set_checkpoint(place_.checkpoint);
  response.set_head_sequence(std::max(place_.sequence, sources_.feed.head().sequence));
  response.set_epoch(sources_.feed.epoch_text());
  return response;
}

void Watcher::Write(grpc::ByteBuffer response) {
  response_ = std::move(response);
  activity_ = Activity::kWriting;
  last_write_ = absl::Now();
  StartWrite(&response_);
}

bool Watcher::HeartbeatIsDue() const { return absl::Now() - last_write_ >= asked_.heartbeat; }

ToldBatches::Key Watcher::NextBatch() const {
  return {place_.generation, sources_.feed.erasures(), place_.sequence, asked_.view};
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
  response_.Clear();
  if (!ok) {
    FinishLocked(absl::CancelledError("the client has gone, or did not read for too long"));
    return;
  }
  PumpLocked();
}

void Watcher::OnCancel() { Fail(absl::CancelledError("the client has gone")); }

void Watcher::OnDone() { on_done_(shared_from_this()); }

}  // namespace usersync::store
