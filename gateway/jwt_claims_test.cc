#include "gateway/jwt_claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace usersync::gateway {
namespace {

using testing::HasSubstr;

constexpr int64_t kNow = 1000;
const JwtClaimRules kRules{
    .issuer = "issuer", .audience = "usersync", .clock_skew = absl::Seconds(10)};

absl::StatusOr<JwtClaims> Read(const std::string& payload, const JwtClaimRules& rules = kRules) {
  return ReadJwtClaims(payload, rules, absl::FromUnixSeconds(kNow));
}

// Good claims with some others; a later one takes the place of an earlier.
std::string Claims(const std::string& iss = R"("issuer")", const std::string& aud = R"("usersync")",
                   const std::string& exp = "2000", const std::string& more = "",
                   const std::string& sub = R"("alice")") {
  return absl::StrCat(R"({"iss":)", iss, R"(,"aud":)", aud, R"(,"exp":)", exp, R"(,"sub":)", sub,
                      more, "}");
}

std::string Refusal(const std::string& payload) {
  const auto claims = Read(payload);
  EXPECT_TRUE(claims.ok() || absl::IsUnauthenticated(claims.status())) << claims.status();
  return std::string(claims.status().message());
}

TEST(JwtClaims, AreOfOneIssuer) {
  EXPECT_EQ(Refusal(Claims()), "");
  for (const char* iss : {R"("other")", R"("Issuer")", R"("issuer/")", R"(["issuer"])", "null"}) {
    EXPECT_THAT(Refusal(Claims(iss)), HasSubstr("(iss)")) << iss;
  }
  EXPECT_THAT(Refusal(R"({"aud":"usersync","exp":2000,"sub":"alice"})"), HasSubstr("(iss)"));
}

TEST(JwtClaims, AreForUsAloneOrAmongOthers) {
  EXPECT_EQ(Refusal(Claims(R"("issuer")", R"(["usersync"])")), "");
  EXPECT_EQ(Refusal(Claims(R"("issuer")", R"(["other","usersync"])")), "");
  for (const char* aud : {R"("other")", R"(["other"])", "[]", R"("other usersync")", "null",
                          R"([["usersync"]])", R"(["usersync",7])"}) {
    EXPECT_THAT(Refusal(Claims(R"("issuer")", aud)), HasSubstr("(aud)")) << aud;
  }
  EXPECT_THAT(Refusal(R"({"iss":"issuer","exp":2000,"sub":"alice"})"), HasSubstr("(aud)"));
}

TEST(JwtClaims, Expire) {
  const auto with_exp = [](const std::string& exp) {
    return Claims(R"("issuer")", R"("usersync")", exp);
  };
  EXPECT_EQ(Read(with_exp("1001"))->expires, absl::FromUnixSeconds(1001));
  EXPECT_EQ(Read(with_exp("1000.5"))->expires, absl::FromUnixMillis(1000500));
  // Within the skew of clocks it is still good, as long as that lasts.
  EXPECT_EQ(Read(with_exp("991"))->expires, absl::FromUnixSeconds(1001));
  EXPECT_THAT(Refusal(with_exp("990")), HasSubstr("has expired"));
  EXPECT_THAT(Refusal(with_exp("0")), HasSubstr("has expired"));
  for (const char* exp : {R"("2000")", "null", "-1", "1e300", "[2000]", "true"}) {
    EXPECT_THAT(Refusal(with_exp(exp)), HasSubstr("must say when it expires")) << exp;
  }
  EXPECT_THAT(Refusal(R"({"iss":"issuer","aud":"usersync","sub":"alice"})"),
              HasSubstr("must say when it expires"));
}

TEST(JwtClaims, DoNotCountBeforeTheirTime) {
  const auto with_nbf = [](const std::string& nbf) {
    return Claims(R"("issuer")", R"("usersync")", "2000", absl::StrCat(R"(,"nbf":)", nbf));
  };
  EXPECT_EQ(Refusal(with_nbf("1000")), "");
  EXPECT_EQ(Refusal(with_nbf("1010")), "");
  for (const char* nbf : {"1011", R"("1000")", "null"}) {
    EXPECT_THAT(Refusal(with_nbf(nbf)), HasSubstr("(nbf)")) << nbf;
  }
}

TEST(JwtClaims, NameAnActorThatAClientMayBear) {
  for (const char* sub :
       {R"("")", R"("a b")", R"("alice@example.com")", R"("a\u0000")", "7", "null",
        R"("frontend-client")", R"("system")", R"("bridge")", R"("gateway")"}) {
    EXPECT_THAT(Refusal(Claims(R"("issuer")", R"("usersync")", "2000", "", sub)),
                HasSubstr("(sub)"))
        << sub;
  }
  const std::string longest(64, 'a');
  EXPECT_EQ(Refusal(Claims(R"("issuer")", R"("usersync")", "2000", "",
                           absl::StrCat("\"", longest, "\""))),
            "");
  EXPECT_NE(Refusal(Claims(R"("issuer")", R"("usersync")", "2000", "",
                           absl::StrCat("\"", longest, "a\""))),
            "");
}

TEST(JwtClaims, HaveTheActorWhereTheRulesSay) {
  JwtClaimRules rules = kRules;
  rules.actor_claim = "uid";
  EXPECT_EQ(Read(Claims(R"("issuer")", R"("usersync")", "2000", R"(,"uid":"bob")"), rules)->actor,
            "bob");
  EXPECT_FALSE(Read(Claims(), rules).ok());
}

TEST(JwtClaims, GiveTheRolesThatTheRulesKnow) {
  const auto roles = [](const std::string& claim, const JwtClaimRules& rules = kRules) {
    return Read(Claims(R"("issuer")", R"("usersync")", "2000", claim), rules)->roles;
  };
  EXPECT_EQ(roles(""), "");
  EXPECT_EQ(roles(R"(,"roles":["writer"])"), "writer");
  EXPECT_EQ(roles(R"(,"roles":"reader writer")"), "reader,writer");
  EXPECT_EQ(roles(R"(,"roles":["Admin","writer,admin","gateway"])"), "");
  JwtClaimRules rules = kRules;
  rules.roles_claim = "groups";
  rules.roles = {{"staff", "reader"}, {"editors", "writer"}};
  EXPECT_EQ(roles(R"(,"roles":["admin"],"groups":["staff","editors","admin"])", rules),
            "reader,writer");
  EXPECT_THAT(Refusal(Claims(R"("issuer")", R"("usersync")", "2000", R"(,"roles":{"admin":1})")),
              HasSubstr("(roles)"));
}

}  // namespace
}  // namespace usersync::gateway
