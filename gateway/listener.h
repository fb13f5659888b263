// Accepts connections on one port and gives each to a thread of its own choice; there it is found
// out which version of HTTP it speaks.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/connection_set.h"
#include "gateway/io_threads.h"
#include "gateway/router.h"

namespace usersync::gateway {

class Listener {
 public:
  // All must outlive it. FAILED_PRECONDITION if the port cannot be had; port 0 is the next free.
  static absl::StatusOr<std::unique_ptr<Listener>> Listen(const std::string& host, int port,
                                                          IoThreads& threads,
                                                          ConnectionSet& connections,
                                                          Router& router);

  // Stops accepting.
  virtual ~Listener() = default;

  virtual int port() const = 0;
};

}  // namespace usersync::gateway
