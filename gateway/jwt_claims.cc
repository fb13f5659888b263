#include "gateway/jwt_claims.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/actor.h"
#include "gateway/json_object.h"

namespace usersync::gateway {
namespace {

using rapidjson::Value;

// Seconds that a time can be made of; four thousand years.
constexpr double kMostSeconds = 253402300799.0;

absl::Status Refuse(absl::string_view rule) {
  return absl::UnauthenticatedError(absl::StrCat("the token ", rule));
}

const Value* Member(const Value& claims, const std::string& name) {
  const auto found = claims.FindMember(name.c_str());
  return found == claims.MemberEnd() ? nullptr : &found->value;
}

// A NumericDate (RFC 7519, 2).
std::optional<absl::Time> TimeFrom(const Value& value) {
  if (!value.IsNumber()) return std::nullopt;
  const double seconds = value.GetDouble();
  if (!(seconds >= 0 && seconds <= kMostSeconds)) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

// The strings of an array, or the words of a string; nothing if it is neither.
std::optional<std::vector<std::string>> Names(const Value& value) {
  std::vector<std::string> names;
  if (value.IsString()) {
    const absl::string_view text(value.GetString(), value.GetStringLength());
    return std::vector<std::string>(absl::StrSplit(text, absl::ByAnyChar(" ,"), absl::SkipEmpty()));
  }
  if (!value.IsArray()) return std::nullopt;
  for (const Value& element : value.GetArray()) {
    if (!element.IsString()) return std::nullopt;
    names.emplace_back(element.GetString(), element.GetStringLength());
  }
  return names;
}

bool IsFor(const std::string& audience, const Value& aud) {
  // One name is a string (RFC 7519, 4.1.3), and may hold spaces.
  if (aud.IsString()) return absl::string_view(aud.GetString(), aud.GetStringLength()) == audience;
  const auto names = Names(aud);
  return names && std::find(names->begin(), names->end(), audience) != names->end();
}

absl::Status CheckParties(const Value& claims, const JwtClaimRules& rules) {
  if (StringMember(claims, "iss") != rules.issuer) return Refuse("is of another issuer (iss)");
  const Value* aud = Member(claims, "aud");
  if (aud == nullptr || !IsFor(rules.audience, *aud)) return Refuse("is for somebody else (aud)");
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> CheckTimes(const Value& claims, absl::Duration skew, absl::Time now) {
  const Value* exp = Member(claims, "exp");
  const auto expires = exp == nullptr ? std::nullopt : TimeFrom(*exp);
  if (!expires) return Refuse("must say when it expires (exp)");
  if (*expires + skew <= now) return Refuse("has expired (exp)");
  if (const Value* nbf = Member(claims, "nbf")) {
    const auto begins = TimeFrom(*nbf);
    if (!begins || *begins - skew > now) return Refuse("is not valid yet (nbf)");
  }
  // What has begun within the skew is not ended at once.
  return *expires > now ? *expires : *expires + skew;
}

// The store's name of a role, or "".
std::string RoleOf(const std::string& name, const JwtClaimRules& rules) {
  if (rules.roles.empty()) {
    return name == "reader" || name == "writer" || name == "admin" ? name : "";
  }
  const auto known = rules.roles.find(name);
  return known == rules.roles.end() ? "" : known->second;
}

absl::StatusOr<std::string> CheckRoles(const Value& claims, const JwtClaimRules& rules) {
  const Value* claim = Member(claims, rules.roles_claim);
  if (claim == nullptr) return "";
  const auto names = Names(*claim);
  if (!names) return Refuse(absl::StrCat("must list names of roles (", rules.roles_claim, ")"));
  std::set<std::string> roles;
  for (const std::string& name : *names) roles.insert(RoleOf(name, rules));
  roles.erase("");
  return absl::StrJoin(roles, ",");
}

}  // namespace

absl::StatusOr<JwtClaims> ReadJwtClaims(absl::string_view payload, const JwtClaimRules& rules,
                                        absl::Time now) {
  const auto claims = ParseJsonObject(payload);
  if (!claims) return Refuse("holds no JSON object");
  if (auto status = CheckParties(*claims, rules); !status.ok()) return status;
  const auto expires = CheckTimes(*claims, rules.clock_skew, now);
  if (!expires.ok()) return expires.status();
  const auto actor = StringMember(*claims, rules.actor_claim.c_str());
  if (!actor || !IsActor(*actor)) {
    return Refuse(absl::StrCat("must name an actor of 1 to 64 characters of [A-Za-z0-9_-] (",
                               rules.actor_claim, ")"));
  }
  if (IsReservedActor(*actor)) {
    return Refuse(absl::StrCat("names a part of the system (", rules.actor_claim, ")"));
  }
  auto roles = CheckRoles(*claims, rules);
  if (!roles.ok()) return roles.status();
  return JwtClaims{.actor = std::string(*actor), .roles = *std::move(roles), .expires = *expires};
}

}  // namespace usersync::gateway
