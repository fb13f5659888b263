// Serves GET /metrics and GET /healthz over HTTP/1.1 on a loopback port of its own: for a
// Prometheus and a supervisor on this machine, for nobody else. One request a connection.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "common/metrics.h"

namespace usersync {

class MetricsServer {
 public:
  // Whether the service can do its work now, or why not. Called on the server's own thread, which
  // answers nothing else meanwhile.
  using Health = std::function<absl::Status()>;

  // `metrics`, and what `health` uses, must outlive it. FAILED_PRECONDITION if the port is taken;
  // port 0 is the next free.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(int port, const Metrics& metrics,
                                                              Health health);

  // Ends all connections.
  virtual ~MetricsServer() = default;

  virtual int port() const = 0;
};

}  // namespace usersync
