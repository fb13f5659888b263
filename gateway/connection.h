// A client's connection, whatever version of HTTP it speaks. Lives on its executor's thread, and
// keeps itself alive while anything of it is under way.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/connection_limits.h"
#include "gateway/router.h"
#include "gateway/transport.h"

namespace usersync::gateway {

class Connection {
 public:
  virtual ~Connection() = default;

  // Begins with what was read already.
  virtual void Begin(std::string read_already) = 0;

  // Finishes the exchanges that are under way, and takes no new ones.
  virtual void Drain() = 0;

  // Asks those that still are to end now. After Drain.
  virtual void Stop() = 0;

  // Breaks off at once.
  virtual void Close() = 0;
};

// What every connection is made of. `router` and `limits` must outlive it; `closed` is called once,
// at its end.
struct ConnectionParts {
  std::unique_ptr<Transport> transport;
  Router& router;
  const ConnectionLimits& limits;
  std::function<void()> closed;
};

std::shared_ptr<Connection> MakeHttp1Connection(ConnectionParts parts);
std::shared_ptr<Connection> MakeHttp2Connection(ConnectionParts parts);

}  // namespace usersync::gateway
