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
  // Keeps a connection and begins it, on the executor's thread, where this is called.
  using Maker = std::function<std::shared_ptr<Connection>(std::function<void()> closed)>;
  void Begin(const boost::asio::any_io_executor& executor, const Maker& make,
             std::string read_already);

  // Lets every connection finish what it is at, up to `patience`, then closes the rest.
  void Drain(absl::Duration patience);

  size_t size();

 private:
  struct Entry {
    std::shared_ptr<Connection> connection;
    boost::asio::any_io_executor executor;
  };

  std::vector<std::shared_ptr<Entry>> Snapshot();

  Mutex mutex_;
  CondVar changed_;
  std::set<std::shared_ptr<Entry>> entries_ GUARDED_BY(mutex_);
};

}  // namespace usersync::gateway
