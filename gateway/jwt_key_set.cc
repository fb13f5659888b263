#include "gateway/jwt_key_set.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base64url.h"
#include "gateway/json_object.h"
#include "gateway/public_key.h"
#include "protos/utf8.h"

namespace usersync::gateway {
namespace {

constexpr size_t kLeastSecretBytes = 32;
constexpr size_t kShownCharacters = 64;

// A key that is never asked for a signature of ours.
bool IsForSomethingElse(const rapidjson::Value& key) {
  if (key.HasMember("use") && StringMember(key, "use") != "sig") return true;
  const auto type = StringMember(key, "kty");
  if (type != "RSA" && type != "EC" && type != "oct") return true;
  const auto algorithm = StringMember(key, "alg");
  return algorithm && !ParseJwtAlgorithm(*algorithm);
}

absl::StatusOr<std::string> CheckedSecret(std::string secret) {
  if (secret.size() >= kLeastSecretBytes) return secret;
  return absl::InvalidArgumentError(
      absl::StrCat("a secret must have at least ", kLeastSecretBytes, " bytes"));
}

absl::StatusOr<std::string> Bytes(const rapidjson::Value& key, const char* name) {
  const auto text = StringMember(key, name);
  auto bytes = text ? DecodeBase64Url(*text) : std::nullopt;
  if (bytes && !bytes->empty()) return *std::move(bytes);
  return absl::InvalidArgumentError(absl::StrCat(name, " must be base64url"));
}

absl::StatusOr<std::string> PublicMaterial(const rapidjson::Value& key, const char* first,
                                           const char* second,
                                           absl::StatusOr<std::string> (*make)(absl::string_view,
                                                                               absl::string_view)) {
  const auto a = Bytes(key, first);
  const auto b = Bytes(key, second);
  if (!a.ok()) return a.status();
  if (!b.ok()) return b.status();
  return make(*a, *b);
}

absl::StatusOr<std::string> Material(const rapidjson::Value& key, JwtAlgorithm algorithm) {
  const auto type = StringMember(key, "kty").value_or("");
  if (algorithm == JwtAlgorithm::kHs256 && type == "oct") {
    auto secret = Bytes(key, "k");
    if (!secret.ok()) return secret.status();
    return CheckedSecret(*std::move(secret));
  }
  if (algorithm == JwtAlgorithm::kRs256 && type == "RSA") {
    return PublicMaterial(key, "n", "e", RsaPublicKey);
  }
  if (algorithm == JwtAlgorithm::kEs256 && type == "EC" && StringMember(key, "crv") == "P-256") {
    return PublicMaterial(key, "x", "y", P256PublicKey);
  }
  return absl::InvalidArgumentError("kty (and crv) must be those of its alg");
}

absl::Status AddTo(JwtKeySet* keys, const rapidjson::Value& key) {
  const auto algorithm = ParseJwtAlgorithm(StringMember(key, "alg").value_or(""));
  if (!algorithm) {
    return absl::InvalidArgumentError(absl::StrCat("alg must be there: ", kJwtAlgorithms));
  }
  auto material = Material(key, *algorithm);
  if (!material.ok()) return material.status();
  const std::string id(StringMember(key, "kid").value_or(""));
  if (id.empty()) return absl::InvalidArgumentError("kid must be there");
  if (!keys->emplace(id, JwtKey{*algorithm, *std::move(material)}).second) {
    return absl::InvalidArgumentError("another key has its kid");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<JwtKeySet> ParseJwks(absl::string_view text) {
  const auto set = ParseJsonObject(text);
  if (!set || !set->HasMember("keys") || !(*set)["keys"].IsArray()) {
    return absl::InvalidArgumentError(R"(it must be a JSON object with an array "keys")");
  }
  JwtKeySet keys;
  for (const auto& key : (*set)["keys"].GetArray()) {
    if (!key.IsObject()) return absl::InvalidArgumentError("a key must be a JSON object");
    if (IsForSomethingElse(key)) continue;
    if (const auto status = AddTo(&keys, key); !status.ok()) {
      const auto id = ShowText(StringMember(key, "kid").value_or(""), kShownCharacters);
      return absl::InvalidArgumentError(absl::StrCat("key ", id, ": ", status.message()));
    }
  }
  if (keys.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("it has no key for ", kJwtAlgorithms));
  }
  return keys;
}

absl::StatusOr<JwtKeySet> ParseSingleKey(absl::string_view text, JwtAlgorithm algorithm,
                                         const std::string& key_id) {
  absl::StatusOr<std::string> material;
  if (algorithm != JwtAlgorithm::kHs256) {
    material = PublicKeyFromPem(text, algorithm);
  } else if (absl::StrContains(text, "-----BEGIN")) {
    material = absl::InvalidArgumentError("a key in PEM is no secret for HS256");
  } else {
    material = CheckedSecret(std::string(absl::StripAsciiWhitespace(text)));
  }
  if (!material.ok()) return material.status();
  return JwtKeySet{{key_id, {algorithm, *std::move(material)}}};
}

}  // namespace usersync::gateway
