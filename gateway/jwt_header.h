// The header of a JSON Web Token: which key and algorithm it claims to be signed with. Nothing in
// it is believed before the signature is checked, and no key is ever taken from it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/jwt_algorithm.h"

namespace usersync::gateway {

struct JwtHeader {
  JwtAlgorithm algorithm;
  std::string key_id;
};

// Reads the first part of a token. UNAUTHENTICATED if it is ill-formed, names another algorithm or
// no key, or says where else to find a key (jku, jwk, x5u, x5c) or what else to understand (crit).
absl::StatusOr<JwtHeader> ReadJwtHeader(absl::string_view encoded);

}  // namespace usersync::gateway
