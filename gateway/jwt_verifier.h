// Whether a JSON Web Token is one of the issuer's, and what it says. Thread-safe.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/jwt_claims.h"
#include "gateway/jwt_keys.h"
#include "gateway/verified_tokens.h"

namespace usersync::gateway {

class JwtVerifier {
 public:
  JwtVerifier(std::unique_ptr<JwtKeys> keys, JwtClaimRules rules)
      : keys_(std::move(keys)), rules_(std::move(rules)) {}

  // UNAUTHENTICATED says which rule the token breaks, and never what is in it.
  absl::StatusOr<JwtClaims> Verify(absl::string_view token, absl::Time now) const;

 private:
  absl::Status CheckSignature(const std::string& token, absl::string_view header) const;

  const std::unique_ptr<JwtKeys> keys_;
  const JwtClaimRules rules_;
  mutable VerifiedTokens verified_;
};

}  // namespace usersync::gateway
