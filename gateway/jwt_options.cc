#include "gateway/jwt_options.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace usersync::gateway {
namespace {

constexpr absl::string_view kRoles[] = {"reader", "writer", "admin"};

absl::Status Missing(absl::string_view option) {
  return absl::InvalidArgumentError(absl::StrCat("authentication needs ", option));
}

absl::StatusOr<std::map<std::string, std::string>> ParseRoles(const std::string& text) {
  std::map<std::string, std::string> roles;
  for (const absl::string_view entry : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> names =
        absl::StrSplit(entry, absl::MaxSplits('=', 1));
    if (std::find(std::begin(kRoles), std::end(kRoles), names.second) == std::end(kRoles)) {
      return absl::InvalidArgumentError(
          "--jwt-roles must be name=role, separated by commas; a role is reader, writer or admin");
    }
    roles.insert(names);
  }
  return roles;
}

absl::StatusOr<std::unique_ptr<JwtKeys>> LoadKeys(const JwtOptions& options) {
  if (!options.jwks.empty()) {
    if (!options.key.empty()) return Missing("--jwt-jwks or --jwt-key, not both");
    return JwtKeys::Load(options.jwks, ParseJwks);
  }
  const auto algorithm = ParseJwtAlgorithm(options.key_algorithm);
  if (!algorithm) return Missing(absl::StrCat("--jwt-key-algorithm: ", kJwtAlgorithms));
  if (options.key_id.empty()) return Missing("--jwt-key-id, the kid that its tokens name");
  return JwtKeys::Load(options.key,
                       [algorithm = *algorithm, id = options.key_id](absl::string_view text) {
                         return ParseSingleKey(text, algorithm, id);
                       });
}

}  // namespace

void AddJwtOptions(OptionSet& set, JwtOptions& options) {
  set.Add("jwt-jwks", &options.jwks,
          "A file with the issuer's JSON Web Key Set: callers must authenticate with a token.");
  set.Add("jwt-key", &options.key,
          "Or a file with one key: a public key in PEM, or the secret of HS256.");
  set.Add("jwt-key-algorithm", &options.key_algorithm, "Its algorithm: HS256, RS256 or ES256.");
  set.Add("jwt-key-id", &options.key_id, "Its id, which tokens name as kid.");
  set.Add("jwt-issuer", &options.rules.issuer, "Whom the claim iss must name.");
  set.Add("jwt-audience", &options.rules.audience, "Whom the claim aud must name, alone or too.");
  set.Add("jwt-actor-claim", &options.rules.actor_claim, "The claim that is the actor.");
  set.Add("jwt-roles-claim", &options.rules.roles_claim,
          "The claim that lists roles: an array, or words in a string.");
  set.Add("jwt-roles", &options.roles,
          "The issuer's names of roles, as name=reader|writer|admin separated by commas; reader, "
          "writer and admin themselves if empty.");
  set.Add("jwt-clock-skew", &options.rules.clock_skew,
          "How far the issuer's clock may be from this one.");
}

absl::StatusOr<std::unique_ptr<const JwtVerifier>> MakeJwtVerifier(const JwtOptions& options) {
  if (!options.is_on()) {
    // Whoever sets these believes that callers authenticate.
    if (options.rules.issuer.empty() && options.rules.audience.empty()) return nullptr;
    return Missing("--jwt-jwks or --jwt-key");
  }
  if (options.rules.issuer.empty()) return Missing("--jwt-issuer");
  if (options.rules.audience.empty()) return Missing("--jwt-audience");
  JwtClaimRules rules = options.rules;
  if (!options.roles.empty()) {
    auto roles = ParseRoles(options.roles);
    if (!roles.ok()) return roles.status();
    rules.roles = *std::move(roles);
  }
  auto keys = LoadKeys(options);
  if (!keys.ok()) return keys.status();
  return std::make_unique<const JwtVerifier>(*std::move(keys), std::move(rules));
}

}  // namespace usersync::gateway
