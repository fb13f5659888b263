// A few sessions shared by the readers. A broken session is dropped, so that the pool survives
// a restart of PostgreSQL. Thread-safe. Must outlive its leases.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "common/mutex.h"
#include "store/session.h"

namespace usersync::store {

class SessionPool {
 public:
  // A session on loan. Returns it when it goes.
  class Lease {
   public:
    Lease(SessionPool* pool, std::unique_ptr<Session> session)
        : pool_(pool), session_(std::move(session)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (session_ != nullptr) pool_->Return(std::move(session_));
    }

    Session& operator*() const { return *session_; }
    Session* operator->() const { return session_.get(); }

   private:
    SessionPool* pool_;
    std::unique_ptr<Session> session_;
  };

  SessionPool(Session::Options options, int size) : options_(std::move(options)), free_(size) {}

  // Waits for a free session until `deadline`. UNAVAILABLE if there is none or the database
  // cannot be reached.
  absl::StatusOr<Lease> Acquire(absl::Time deadline);

  // Runs a read; once more with a new session if the first one turns out to be broken, as every
  // idle one is after a restart of the database.
  template <typename Read>
  auto Run(absl::Time deadline, Read read) -> decltype(read(std::declval<Session&>())) {
    for (bool last_try = false;; last_try = true) {
      auto lease = Acquire(deadline);
      if (!lease.ok()) return lease.status();
      auto result = read(**lease);
      if (result.ok() || !(*lease)->broken() || last_try) return result;
      DropIdle();
    }
  }

 private:
  void Return(std::unique_ptr<Session> session);
  void DropIdle();

  const Session::Options options_;
  Mutex mutex_;
  CondVar returned_;
  int free_ GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Session>> idle_ GUARDED_BY(mutex_);
};

}  // namespace usersync::store
