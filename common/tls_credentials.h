// TLS between our services: each shows a certificate and wants one of the other, signed by one
// authority. The files are read again when they change.
#pragma once

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace usersync {

// Paths of PEM files.
struct TlsFiles {
  // Our certificate, with those between it and the authority, and its private key.
  std::string certificate;
  std::string key;
  // Whose certificates the other side may show.
  std::string authority;

  bool empty() const { return certificate.empty() && key.empty() && authority.empty(); }
};

// Without files both are for plain text. INVALID_ARGUMENT names a file that is missing or wrong.

// The client checks that the server's certificate is for the host of the address that it calls.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(
    const TlsFiles& files);

// The server takes no connection without a certificate.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const TlsFiles& files);

}  // namespace usersync
