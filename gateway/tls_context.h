// The certificate that clients are shown, read again whenever its files change. Thread-safe.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/mutex.h"

namespace usersync::gateway {

class TlsContext {
 public:
  // PEM files: the certificate and those it hangs on, and its private key.
  struct Files {
    std::string certificate;
    std::string key;
  };
  using Shared = std::shared_ptr<boost::asio::ssl::context>;

  // INVALID_ARGUMENT names the file that cannot be used.
  static absl::StatusOr<std::unique_ptr<TlsContext>> Read(Files files);

  // For the next connection: TLS 1.2 or later, h2 or http/1.1. New files that cannot be used leave
  // the old ones in place, with a line in the log.
  Shared Current();

 private:
  explicit TlsContext(Files files) : files_(std::move(files)) {}

  // Changes whenever one of the files does.
  std::string Stamp() const;
  absl::Status Reread() REQUIRES(mutex_);

  const Files files_;
  Mutex mutex_;
  std::string stamp_ GUARDED_BY(mutex_);
  Shared current_ GUARDED_BY(mutex_);
};

}  // namespace usersync::gateway
