#include "gateway/identity.h"

#include "absl/strings/match.h"
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

}  // namespace

absl::StatusOr<Caller> Identity::Identify(absl::string_view method,
                                          const HttpHeaders& headers) const {
  if (IsForEverybody(method)) return Caller{};
  auto actor = ClaimedActor(headers);
  if (!actor.ok()) return actor.status();
  Metadata metadata = ToStore(*actor, "writer", "none");
  return Caller{.actor = *std::move(actor), .metadata = std::move(metadata)};
}

Metadata Identity::ToStore(const std::string& actor, const std::string& roles,
                           const std::string& auth) const {
  return {{"usersync-token", options_.token},
          {"usersync-actor", actor},
          {"usersync-roles", roles},
          {"usersync-auth", auth}};
}

absl::Status IdentityExpired() {
  return absl::UnauthenticatedError("the token has expired; call again with a new one");
}

}  // namespace usersync::gateway
