// Who calls: a known service by its token or its certificate, and the person behind the gateway.
// Thread-safe.
#pragma once

#include <grpcpp/server_context.h>

#include <string>

#include "absl/status/statusor.h"
#include "store/principal.h"

namespace usersync::store {

enum class Peer { kNone, kGateway, kBridge, kOperator };

struct Caller {
  Peer peer = Peer::kNone;
  Principal principal;
};

class Identity {
 public:
  // Reads {gateway,bridge,operator}.token in a directory. A file that is missing means that this
  // service is not let in; that there is none, or one that others may read, is an error.
  static absl::StatusOr<Identity> Load(const std::string& secrets_dir);

  // Where every caller shows a certificate of ours: its only name that begins with usersync:// is
  // usersync://gateway, /bridge or /operator. Tokens count for nothing then.
  static Identity OfCertificates();

  // UNAUTHENTICATED if the token or the certificate is not one of ours; INVALID_ARGUMENT if the
  // gateway names an ill-formed actor, or two. A caller without a token is a reader, and so is the
  // gateway where it names no actor.
  absl::StatusOr<Caller> Identify(const grpc::ServerContextBase& context) const;

 private:
  absl::StatusOr<Peer> PeerOf(const grpc::ServerContextBase& context) const;

  bool by_certificate_ = false;
  std::string gateway_token_;
  std::string bridge_token_;
  std::string operator_token_;
};

// PERMISSION_DENIED, ROLE_MISSING.
absl::Status RoleMissing(absl::string_view role);

}  // namespace usersync::store
