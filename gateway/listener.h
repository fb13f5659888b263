// Accepts connections on one port and gives each to a thread, where it is welcomed.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/io_threads.h"
#include "gateway/newcomer.h"
#include "gateway/tls_context.h"

namespace usersync::gateway {

class Listener {
 public:
  // `tls` is nullptr for a port without. All must outlive it. FAILED_PRECONDITION if the port
  // cannot be had; port 0 is the next free.
  static absl::StatusOr<std::unique_ptr<Listener>> Listen(const std::string& host, int port,
                                                          IoThreads& threads,
                                                          const Reception& reception,
                                                          TlsContext* tls);

  // Stops accepting.
  virtual ~Listener() = default;

  virtual int port() const = 0;
};

}  // namespace usersync::gateway
