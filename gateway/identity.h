// Says who a caller is: what the store is told in the metadata usersync-*. Thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "gateway/metadata.h"

namespace usersync::gateway {

class Identity {
 public:
  struct Options {
    // What the store knows the gateway by.
    std::string token;
  };

  explicit Identity(Options options) : options_(std::move(options)) {}

  // Without authentication: the actor is X-User-ID, else frontend-client; a writer. Names that
  // stand for parts of the system, and ill-formed ones, are INVALID_ARGUMENT.
  absl::StatusOr<Metadata> Identify(const HttpHeaders& headers) const;

 private:
  const Options options_;
};

}  // namespace usersync::gateway
