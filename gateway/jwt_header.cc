#include "gateway/jwt_header.h"

#include "absl/strings/str_cat.h"
#include "gateway/base64url.h"
#include "gateway/json_object.h"

namespace usersync::gateway {
namespace {

constexpr const char* kRefused[] = {"jku", "jwk", "x5u", "x5c", "crit"};

}  // namespace

absl::StatusOr<JwtHeader> ReadJwtHeader(absl::string_view encoded) {
  const auto text = DecodeBase64Url(encoded);
  const auto header = text ? ParseJsonObject(*text) : std::nullopt;
  if (!header) return absl::UnauthenticatedError("the token's header is no JSON object");
  for (const char* name : kRefused) {
    if (header->HasMember(name)) {
      return absl::UnauthenticatedError(absl::StrCat("the token's header must not have ", name));
    }
  }
  const auto algorithm = ParseJwtAlgorithm(StringMember(*header, "alg").value_or(""));
  if (!algorithm) {
    return absl::UnauthenticatedError(absl::StrCat("the token's alg must be ", kJwtAlgorithms));
  }
  const auto key_id = StringMember(*header, "kid");
  if (!key_id) return absl::UnauthenticatedError("the token's header must name its key (kid)");
  return JwtHeader{.algorithm = *algorithm, .key_id = std::string(*key_id)};
}

}  // namespace usersync::gateway
