// The gateway as a whole: takes HTTP in, calls the stores, and leaves without cutting off what it
// has begun.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/tls_credentials.h"
#include "gateway/connection_limits.h"
#include "gateway/jwt_options.h"
#include "gateway/page_config.h"
#include "gateway/tls_context.h"

namespace usersync::gateway {

class Gateway {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    int http_port = 8080;
    // Of HTTP over TLS, and its certificate; without one there is no such port.
    int https_port = 8443;
    TlsContext::Files tls;
    // Of native gRPC.
    int grpc_port = 50051;
    // Of GET /metrics, on loopback; 0: none.
    int metrics_port = 9466;
    std::vector<std::string> stores = {"127.0.0.1:50052"};
    // What pages are told of where everything is; the gateway's own addresses follow from its
    // ports unless they are named.
    PageConfig page_config{.nats_ws_url = "ws://127.0.0.1:9222"};
    // Where the built page is; "": the gateway serves none.
    std::string page_dir;
    // Where gateway.token is.
    std::string secrets_dir;
    // What the stores know the gateway by instead, where they serve with TLS.
    TlsFiles store_tls;
    // Whose tokens to believe.
    JwtOptions jwt;
    // Whether to listen beyond loopback although nobody has to authenticate.
    bool beyond_loopback = false;
    std::vector<std::string> allowed_hosts;
    // Besides the gateway's own.
    std::vector<std::string> allowed_origins = {"http://localhost:3000", "http://127.0.0.1:3000"};
    int threads = 2;
    ConnectionLimits limits;
    // How many calls an actor may have open at once, streams included.
    int calls_per_actor = 2000;
    // How long calls may go on after the end was asked for.
    absl::Duration drain_timeout = absl::Seconds(10);
    // Served besides users.v1, health and reflection; for tests. Prefixes such as "/some.Service/".
    std::vector<std::string> more_services;
  };

  // INVALID_ARGUMENT or FAILED_PRECONDITION name the option that is wrong.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const Options& options);

  virtual ~Gateway() = default;

  virtual int http_port() const = 0;
  // 0 without a certificate.
  virtual int https_port() const = 0;
  virtual int grpc_port() const = 0;
};

}  // namespace usersync::gateway
