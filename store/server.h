// The store as a whole: opens the database, follows it, serves gRPC, and leaves without losing
// what it has begun.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/tls_credentials.h"
#include "store/head_signer.h"

namespace usersync::store {

class Server {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    int port = 50052;
    // Of GET /metrics, on loopback; 0: none.
    int metrics_port = 9464;
    std::string database_url;
    std::string secrets_dir;
    // With these, callers show certificates and tokens count for nothing.
    TlsFiles tls;
    int readers = 8;
    // How long a watcher may take nothing before its stream is ended.
    absl::Duration stall_timeout = absl::Seconds(60);
    HeadSigner::Options log;
    // The list of erasures.
    std::string erasures_path;
    // How long calls may go on after Stop was asked for.
    absl::Duration drain_timeout = absl::Seconds(10);
  };

  // Waits for the database up to `patience`. UNAVAILABLE if it does not come;
  // FAILED_PRECONDITION if its schema is not this program's, or the port is taken.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Options& options,
                                                       absl::Duration patience);

  // Refuses new calls, finishes what was begun, ends the streams.
  virtual ~Server() = default;
};

}  // namespace usersync::store
