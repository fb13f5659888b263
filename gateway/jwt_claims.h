// What a token says, once its signature has been checked. Pure.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace usersync::gateway {

struct JwtClaimRules {
  // Whom `iss` must name.
  std::string issuer;
  // What `aud` must be or hold.
  std::string audience;
  std::string actor_claim = "sub";
  std::string roles_claim = "roles";
  // The issuer's names of what the store knows as reader, writer and admin; other names say
  // nothing. Empty: its own names.
  std::map<std::string, std::string> roles;
  // How far the issuer's clock may be from ours.
  absl::Duration clock_skew = absl::Seconds(10);
};

struct JwtClaims {
  std::string actor;
  // The store's names, separated by commas.
  std::string roles;
  absl::Time expires;
};

// `payload` is the JSON. UNAUTHENTICATED names the rule that it breaks: the issuer, the audience,
// `exp`, `nbf`, or an actor that none may bear.
absl::StatusOr<JwtClaims> ReadJwtClaims(absl::string_view payload, const JwtClaimRules& rules,
                                        absl::Time now);

}  // namespace usersync::gateway
