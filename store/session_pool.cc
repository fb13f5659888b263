#include "store/session_pool.h"

#include "absl/time/clock.h"

namespace usersync::store {

absl::StatusOr<SessionPool::Lease> SessionPool::Acquire(absl::Time deadline) {
  {
    MutexLock lock(mutex_);
    while (free_ == 0) {
      if (!returned_.WaitUntil(mutex_, deadline) && absl::Now() >= deadline) {
        return absl::UnavailableError("all connections to the database are busy");
      }
    }
    --free_;
    if (!idle_.empty()) {
      auto session = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(session));
    }
  }
  auto session = Session::Connect(options_);
  if (session.ok()) return Lease(this, *std::move(session));
  MutexLock lock(mutex_);
  ++free_;
  returned_.Notify();
  return session.status();
}

void SessionPool::Return(std::unique_ptr<Session> session) {
  MutexLock lock(mutex_);
  ++free_;
  if (!session->broken()) idle_.push_back(std::move(session));
  returned_.Notify();
}

void SessionPool::DropIdle() {
  std::vector<std::unique_ptr<Session>> dropped;
  MutexLock lock(mutex_);
  dropped.swap(idle_);
}

}  // namespace usersync::store
