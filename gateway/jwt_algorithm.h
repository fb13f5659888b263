// The signatures of JSON Web Tokens that are accepted (RFC 7518, 3).
#pragma once

#include <optional>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

enum class JwtAlgorithm { kHs256, kRs256, kEs256 };

inline constexpr char kJwtAlgorithms[] = "HS256, RS256 or ES256";

// Names are case-sensitive, and `none` is none of them.
inline std::optional<JwtAlgorithm> ParseJwtAlgorithm(absl::string_view name) {
  if (name == "HS256") return JwtAlgorithm::kHs256;
  if (name == "RS256") return JwtAlgorithm::kRs256;
  if (name == "ES256") return JwtAlgorithm::kEs256;
  return std::nullopt;
}

}  // namespace usersync::gateway
