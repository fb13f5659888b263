#include "gateway/jwt_verifier.h"

#include <jwt.h>
#include <openssl/err.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/base64url.h"
#include "gateway/jwt_header.h"

namespace usersync::gateway {
namespace {

constexpr size_t kMostTokenBytes = 8192;

jwt_alg_t ToLibjwt(JwtAlgorithm algorithm) {
  switch (algorithm) {
    case JwtAlgorithm::kHs256:
      return JWT_ALG_HS256;
    case JwtAlgorithm::kRs256:
      return JWT_ALG_RS256;
    case JwtAlgorithm::kEs256:
      return JWT_ALG_ES256;
  }
  return JWT_ALG_INVAL;
}

}  // namespace

absl::StatusOr<JwtClaims> JwtVerifier::Verify(absl::string_view token, absl::Time now) const {
  if (token.size() > kMostTokenBytes) {
    return absl::UnauthenticatedError(
        absl::StrCat("the token must have at most ", kMostTokenBytes, " bytes"));
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) {
    return absl::UnauthenticatedError("the token must be header.payload.signature");
  }
  const auto payload = DecodeBase64Url(parts[1]);
  const auto signature = DecodeBase64Url(parts[2]);
  if (!payload || !signature) {
    return absl::UnauthenticatedError("the token must be base64url without padding");
  }
  if (auto status = CheckSignature(std::string(token), parts[0]); !status.ok()) return status;
  return ReadJwtClaims(*payload, rules_, now);
}

// libjwt takes the algorithm from the token, whatever kind of key it is given, and takes a token
// without signature if it is given none. So the key is chosen first, and always passed.
absl::Status JwtVerifier::CheckSignature(const std::string& token, absl::string_view header) const {
  const auto claimed = ReadJwtHeader(header);
  if (!claimed.ok()) return claimed.status();
  const auto key = keys_->Find(claimed->key_id);
  if (!key) return absl::UnauthenticatedError("the token's key is not known here (kid)");
  if (key->algorithm != claimed->algorithm) {
    return absl::UnauthenticatedError("the token's alg is not the one of its key");
  }
  std::string digest = VerifiedTokens::Digest(token, key->material);
  if (verified_.Has(digest)) return absl::OkStatus();
  jwt_t* decoded = nullptr;
  const int error = jwt_decode(&decoded, token.c_str(),
                               reinterpret_cast<const unsigned char*>(key->material.data()),
                               static_cast<int>(key->material.size()));
  const absl::Cleanup release = [&] {
    jwt_free(decoded);
    ERR_clear_error();
  };
  if (error != 0 || jwt_get_alg(decoded) != ToLibjwt(key->algorithm)) {
    return absl::UnauthenticatedError("the token's signature is not good");
  }
  verified_.Add(std::move(digest));
  return absl::OkStatus();
}

}  // namespace usersync::gateway
