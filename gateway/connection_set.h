// The connections that are open. Thread-safe.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "absl/time/time.h"
#include "common/mutex.h"
#include "gateway/connection.h"

namespace usersync::gateway {

class ConnectionSet {
 public:
  explicit ConnectionSet(size_t most) : most_(most) {}

  // Counts as a connection for as long as it lives. The set must outlive it.
  class Place {
   public:
    explicit Place(ConnectionSet& set) : set_(set) {}
    ~Place() { set_.Leave(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    ConnectionSet& set_;
  };

  // nullptr if there are too many connections already.
  std::shared_ptr<Place> Enter();

  // Keeps a connection and begins it, on the executor's thread, where this is called.
  using Maker = std::function<std::shared_ptr<Connection>(std::function<void()> closed)>;
  void Begin(std::shared_ptr<Place> place, const boost::asio::any_io_executor& executor,
             const Maker& make, std::string read_already);

  // Lets every connection finish what it is at, up to `patience`; then asks what is left to end,
  // and closes what does not.
  void Drain(absl::Duration patience);

  size_t size();

 private:
  struct Entry {
    std::shared_ptr<Connection> connection;
    boost::asio::any_io_executor executor;
    std::shared_ptr<Place> place;
  };

  void Leave();
  std::vector<std::shared_ptr<Entry>> Snapshot();

  const size_t most_;
  Mutex mutex_;
  CondVar changed_;
  size_t size_ GUARDED_BY(mutex_) = 0;
  std::set<std::shared_ptr<Entry>> entries_ GUARDED_BY(mutex_);
};

}  // namespace usersync::gateway
