#include "store/identity.h"

#include <grpc/grpc_security_constants.h>
#include <openssl/crypto.h>
#include <sys/stat.h>

#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "store/field_error.h"
#include "store/validate.h"

namespace usersync::store {
namespace {

constexpr size_t kLeastTokenBytes = 16;

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return "";
  if ((status.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(path, " must have mode 0600"));
  }
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const std::string token(absl::StripAsciiWhitespace(text.str()));
  if (token.size() < kLeastTokenBytes) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " must hold a token of at least ", kLeastTokenBytes, " bytes"));
  }
  return token;
}

// In constant time for tokens of the same length.
bool Matches(const std::string& expected, absl::string_view given) {
  return !expected.empty() && expected.size() == given.size() &&
         CRYPTO_memcmp(expected.data(), given.data(), given.size()) == 0;
}

absl::string_view Metadata(const grpc::ServerContextBase& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return "";
  return absl::string_view(found->second.data(), found->second.size());
}

Role RoleFrom(absl::string_view names) {
  Role role = Role::kNone;
  for (absl::string_view name : absl::StrSplit(names, ',')) {
    name = absl::StripAsciiWhitespace(name);
    if (name == "reader") role = std::max(role, Role::kReader);
    if (name == "writer") role = std::max(role, Role::kWriter);
    if (name == "admin") role = std::max(role, Role::kAdmin);
  }
  return role;
}

users::v1::Auth AuthFrom(absl::string_view name) {
  if (name == "jwt") return users::v1::AUTH_JWT;
  if (name == "mtls") return users::v1::AUTH_MTLS;
  return users::v1::AUTH_NONE;
}

// A caller of whom nothing is known.
Caller Reader() {
  return {.peer = Peer::kNone,
          .principal = {.actor = "", .auth = users::v1::AUTH_NONE, .role = Role::kReader}};
}

absl::StatusOr<Caller> BehindGateway(const grpc::ServerContextBase& context) {
  // It asks for nobody: what is for everybody.
  if (context.client_metadata().count("usersync-actor") == 0) return Reader();
  Caller caller{.peer = Peer::kGateway,
                .principal = {.actor = std::string(Metadata(context, "usersync-actor")),
                              .auth = AuthFrom(Metadata(context, "usersync-auth")),
                              .role = RoleFrom(Metadata(context, "usersync-roles"))}};
  if (context.client_metadata().count("usersync-actor") > 1 || !IsActor(caller.principal.actor)) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "usersync-actor",
                        "must be 1 to 64 characters of [A-Za-z0-9_-]");
  }
  return caller;
}

// What a certificate that gRPC has verified says.
absl::StatusOr<Peer> PeerOfCertificate(const grpc::ServerContextBase& context) {
  std::set<absl::string_view> names;
  if (const auto auth = context.auth_context(); auth != nullptr && auth->IsPeerAuthenticated()) {
    for (const grpc::string_ref& uri : auth->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
      const absl::string_view name(uri.data(), uri.size());
      if (absl::StartsWith(name, "usersync://")) names.insert(name);
    }
  }
  if (names.size() == 1) {
    if (*names.begin() == "usersync://gateway") return Peer::kGateway;
    if (*names.begin() == "usersync://bridge") return Peer::kBridge;
    if (*names.begin() == "usersync://operator") return Peer::kOperator;
  }
  return absl::UnauthenticatedError(
      "the certificate must name one service: usersync://gateway, /bridge or /operator");
}

}  // namespace

absl::StatusOr<Identity> Identity::Load(const std::string& secrets_dir) {
  Identity identity;
  for (const auto& [name, token] : {std::pair{"gateway", &identity.gateway_token_},
                                    std::pair{"bridge", &identity.bridge_token_},
                                    std::pair{"operator", &identity.operator_token_}}) {
    auto read = ReadToken(absl::StrCat(secrets_dir, "/", name, ".token"));
    if (!read.ok()) return read.status();
    *token = *std::move(read);
  }
  if (identity.gateway_token_.empty() && identity.bridge_token_.empty() &&
      identity.operator_token_.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("no {gateway,bridge,operator}.token in \"",
                                                      secrets_dir,
                                                      "\" (--secrets-dir): no service could call"));
  }
  return identity;
}

Identity Identity::OfCertificates() {
  Identity identity;
  identity.by_certificate_ = true;
  return identity;
}

absl::StatusOr<Caller> Identity::Identify(const grpc::ServerContextBase& context) const {
  const auto peer = PeerOf(context);
  if (!peer.ok()) return peer.status();
  const auto auth = by_certificate_ ? users::v1::AUTH_MTLS : users::v1::AUTH_NONE;
  Caller caller{.peer = *peer};
  switch (caller.peer) {
    case Peer::kNone:
      return Reader();
    case Peer::kBridge:
      caller.principal = {.actor = "bridge", .auth = auth, .role = Role::kReader};
      break;
    case Peer::kOperator:
      caller.principal = {.actor = "operator", .auth = auth, .role = Role::kAdmin};
      break;
    case Peer::kGateway:
      return BehindGateway(context);
  }
  return caller;
}

absl::StatusOr<Peer> Identity::PeerOf(const grpc::ServerContextBase& context) const {
  if (by_certificate_) return PeerOfCertificate(context);
  const absl::string_view token = Metadata(context, "usersync-token");
  if (token.empty()) return Peer::kNone;
  if (Matches(gateway_token_, token)) return Peer::kGateway;
  if (Matches(bridge_token_, token)) return Peer::kBridge;
  if (Matches(operator_token_, token)) return Peer::kOperator;
  return absl::UnauthenticatedError("usersync-token is not the token of a known service");
}

absl::Status RoleMissing(absl::string_view role) {
  return FieldError(absl::StatusCode::kPermissionDenied, users::v1::ERROR_REASON_ROLE_MISSING,
                    role);
}

}  // namespace usersync::store
