#include "gateway/identity.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gateway/actor.h"

namespace usersync::gateway {
namespace {

bool IsForEverybody(absl::string_view method) {
  return absl::StartsWith(method, "grpc.health.v1.Health/");
}

absl::StatusOr<std::string> ClaimedActor(const HttpHeaders& headers) {
  const auto claimed = headers.Find("x-user-id");
  if (!claimed) return kDefaultActor;
  if (headers.Count("x-user-id") > 1 || !IsActor(*claimed)) {
    return absl::InvalidArgumentError(
        "X-User-ID must be one name of 1 to 64 characters of [A-Za-z0-9_-]");
  }
  if (IsReservedActor(*claimed)) {
    return absl::InvalidArgumentError("X-User-ID names a part of the system");
  }
  return std::string(*claimed);
}

// The token of an Authorization (RFC 6750, 2.1): the only place where one is looked for.
absl::StatusOr<std::string> BearerToken(const HttpHeaders& headers) {
  constexpr absl::string_view kScheme = "bearer ";
  const size_t count = headers.Count("authorization");
  const absl::string_view value = headers.Get("authorization");
  if (count == 0) return absl::UnauthenticatedError("a token is needed: Authorization: Bearer");
  if (count > 1) return absl::UnauthenticatedError("Authorization must be there once");
  if (!absl::StartsWithIgnoreCase(value, kScheme)) {
    return absl::UnauthenticatedError("Authorization must be Bearer and a token");
  }
  return std::string(absl::StripAsciiWhitespace(value.substr(kScheme.size())));
}

}  // namespace

absl::StatusOr<Caller> Identity::Identify(absl::string_view method,
                                          const HttpHeaders& headers) const {
  if (IsForEverybody(method)) return Caller{};
  if (verifier_ != nullptr) return Authenticate(headers);
  auto actor = ClaimedActor(headers);
  if (!actor.ok()) return actor.status();
  Metadata metadata = ToStore(*actor, "writer", "none");
  return Caller{.actor = *std::move(actor), .metadata = std::move(metadata)};
}

absl::StatusOr<Caller> Identity::Authenticate(const HttpHeaders& headers) const {
  if (headers.Find("x-user-id")) {
    return absl::InvalidArgumentError("X-User-ID counts only where nobody has to authenticate");
  }
  const auto token = BearerToken(headers);
  if (!token.ok()) return token.status();
  auto claims = verifier_->Verify(*token, absl::Now());
  if (!claims.ok()) return claims.status();
  Metadata metadata = ToStore(claims->actor, claims->roles, "jwt");
  return Caller{.actor = std::move(claims->actor),
                .metadata = std::move(metadata),
                .expires = claims->expires};
}

Metadata Identity::ToStore(const std::string& actor, const std::string& roles,
                           const std::string& auth) const {
  Metadata metadata = {
      {"usersync-actor", actor}, {"usersync-roles", roles}, {"usersync-auth", auth}};
  if (!token_.empty()) metadata.emplace_back("usersync-token", token_);
  return metadata;
}

absl::Status IdentityExpired() {
  return absl::UnauthenticatedError("the token has expired; call again with a new one");
}

}  // namespace usersync::gateway
