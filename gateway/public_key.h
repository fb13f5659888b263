// Public keys as PEM, which is what libjwt takes. Each checks that the key is one of the algorithm,
// and strong enough. INVALID_ARGUMENT says what is wrong.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/jwt_algorithm.h"

namespace usersync::gateway {

// From the numbers of a JWK, big-endian.
absl::StatusOr<std::string> RsaPublicKey(absl::string_view modulus, absl::string_view exponent);
absl::StatusOr<std::string> P256PublicKey(absl::string_view x, absl::string_view y);

// From a file: "-----BEGIN PUBLIC KEY-----".
absl::StatusOr<std::string> PublicKeyFromPem(absl::string_view pem, JwtAlgorithm algorithm);

}  // namespace usersync::gateway
