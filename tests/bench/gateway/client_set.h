// Connections that are looked after together, on one thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "tests/bench/gateway/call_client.h"

namespace usersync::tests {

class ClientSet {
 public:
  using Connect = std::function<std::unique_ptr<CallClient>()>;

  // Opens `count` connections.
  ClientSet(const Connect& connect, int count);
  ~ClientSet();

  // One after the other.
  CallClient& Next() { return *clients_[next_++ % clients_.size()]; }

  // Lets the calls hear what has come, until `done` or the deadline.
  void RunUntil(
      absl::Time deadline, const std::function<bool()>& done = [] { return false; });

 private:
  std::vector<std::unique_ptr<CallClient>> clients_;
  size_t next_ = 0;
  const int epoll_;
};

}  // namespace usersync::tests
