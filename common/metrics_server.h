// Serves GET /metrics over HTTP/1.1 on a loopback port of its own: numbers for a Prometheus on
// this machine, for nobody else. One request a connection.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/metrics.h"

namespace usersync {

class MetricsServer {
 public:
  // `metrics` must outlive it. FAILED_PRECONDITION if the port is taken; port 0 is the next free.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(int port, const Metrics& metrics);

  // Ends all connections.
  virtual ~MetricsServer() = default;

  virtual int port() const = 0;
};

}  // namespace usersync
