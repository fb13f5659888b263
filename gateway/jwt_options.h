// How the gateway is told whose tokens to believe.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/options.h"
#include "gateway/jwt_verifier.h"

namespace usersync::gateway {

struct JwtOptions {
  // The keys: a JSON Web Key Set, or one key with its algorithm and id. Both empty: nobody has to
  // authenticate.
  std::string jwks;
  std::string key;
  std::string key_algorithm;
  std::string key_id;
  // "name=role", separated by commas; the rules' own if empty.
  std::string roles;
  JwtClaimRules rules;

  bool is_on() const { return !jwks.empty() || !key.empty(); }
};

// Declares --jwt-*. `options` must outlive the set.
void AddJwtOptions(OptionSet& set, JwtOptions& options);

// Reads the keys; null if nobody has to authenticate. INVALID_ARGUMENT names the option that is
// wrong or missing.
absl::StatusOr<std::unique_ptr<const JwtVerifier>> MakeJwtVerifier(const JwtOptions& options);

}  // namespace usersync::gateway
