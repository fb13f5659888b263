// The keys that tokens may be signed with. Each is good for one algorithm, so that a public key is
// never taken for a secret.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/jwt_algorithm.h"

namespace usersync::gateway {

struct JwtKey {
  JwtAlgorithm algorithm;
  // The secret, or the public key as PEM.
  std::string material;
};

// By key id.
using JwtKeySet = std::map<std::string, JwtKey, std::less<>>;

// A JSON Web Key Set (RFC 7517). A key that is for something else (`use`, `kty`, `alg`) is passed
// over; INVALID_ARGUMENT if any other is ill-formed, weak, or lacks `kid` or `alg`, if two share
// a kid, or if none is left.
absl::StatusOr<JwtKeySet> ParseJwks(absl::string_view text);

// A set of one: a public key in PEM, or for HS256 a secret, without white space around it.
absl::StatusOr<JwtKeySet> ParseSingleKey(absl::string_view text, JwtAlgorithm algorithm,
                                         const std::string& key_id);

}  // namespace usersync::gateway
