// A client's connection, whatever version of HTTP it speaks. Lives on its executor's thread, and
// keeps itself alive while anything of it is under way.
#pragma once

#include <functional>
#include <memory>
#include <string>

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

  // Breaks off at once.
  virtual void Close() = 0;
};

// `router` must outlive it; `closed` is called once, at its end.
std::shared_ptr<Connection> MakeHttp1Connection(std::unique_ptr<Transport> transport,
                                                Router& router, std::function<void()> closed);
std::shared_ptr<Connection> MakeHttp2Connection(std::unique_ptr<Transport> transport,
                                                Router& router, std::function<void()> closed);

}  // namespace usersync::gateway
