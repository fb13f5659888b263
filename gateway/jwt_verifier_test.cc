#include "gateway/jwt_verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/testing/temp_file.h"
#include "gateway/testing/token_maker.h"

namespace usersync::gateway {
namespace {

using testing::HasSubstr;

constexpr char kPayload[] =
    R"({"iss":"https://issuer.test","aud":"usersync","sub":"alice","roles":["writer"],"exp":2000})";
const absl::Time kNow = absl::FromUnixSeconds(1000);

class JwtVerifierTest : public testing::Test {
 protected:
  JwtVerifierTest()
      : file_(TokenMaker::Jwks()),
        verifier_(*JwtKeys::Load(file_.path(), ParseJwks),
                  {.issuer = "https://issuer.test", .audience = "usersync"}) {}

  absl::StatusOr<JwtClaims> Verify(const std::string& token) const {
    return verifier_.Verify(token, kNow);
  }

  // Why a token is refused, or "" if it is not.
  std::string Refusal(const std::string& token) const {
    const auto claims = Verify(token);
    EXPECT_TRUE(claims.ok() || absl::IsUnauthenticated(claims.status())) << claims.status();
    return std::string(claims.status().message());
  }

  // Signed well by HS256, whatever the header says.
  std::string RefusalOfHeader(const std::string& header) const {
    return Refusal(TokenMaker::Hs256(TokenMaker::Unsigned(header, kPayload)));
  }

  TempFile file_;
  const JwtVerifier verifier_;
};

TEST_F(JwtVerifierTest, TakesEachAlgorithmWithItsKey) {
  for (const std::string& token :
       {TokenMaker::Hs256(TokenMaker::Unsigned(R"({"alg":"HS256","kid":"hs"})", kPayload)),
        TokenMaker::Rs256(TokenMaker::Unsigned(R"({"alg":"RS256","kid":"rsa"})", kPayload)),
        TokenMaker::Es256(
            TokenMaker::Unsigned(R"({"typ":"JWT","alg":"ES256","kid":"ec"})", kPayload))}) {
    const auto claims = Verify(token);
    ASSERT_TRUE(claims.ok()) << claims.status();
    EXPECT_EQ(claims->actor, "alice");
    EXPECT_EQ(claims->roles, "writer");
    EXPECT_EQ(claims->expires, absl::FromUnixSeconds(2000));
  }
}

// What libjwt would take: it hands the public key to HMAC.
TEST_F(JwtVerifierTest, RefusesAPublicKeyAsASecret) {
  const std::string pem = TokenMaker::PublicPem(TokenMaker::Rsa());
  EXPECT_THAT(Refusal(TokenMaker::Hs256(
                  TokenMaker::Unsigned(R"({"alg":"HS256","kid":"rsa"})", kPayload), pem)),
              HasSubstr("alg is not the one of its key"));
  EXPECT_THAT(Refusal(TokenMaker::Hs256(
                  TokenMaker::Unsigned(R"({"alg":"HS256","kid":"hs"})", kPayload), pem)),
              HasSubstr("signature"));
}

TEST_F(JwtVerifierTest, RefusesTokensWithoutSignature) {
  for (const char* none : {"none", "None", "NONE", "nOnE"}) {
    for (const char* kid : {"", R"(,"kid":"rsa")", R"(,"kid":"hs")"}) {
      const std::string text =
          TokenMaker::Unsigned(absl::StrCat(R"({"alg":")", none, R"(")", kid, "}"), kPayload);
      EXPECT_THAT(Refusal(text + "."), HasSubstr("alg must be")) << none << kid;
      EXPECT_THAT(Refusal(text), HasSubstr("header.payload.signature"));
      EXPECT_THAT(Refusal(TokenMaker::Hs256(text)), HasSubstr("alg must be"));
    }
  }
  EXPECT_THAT(Refusal(TokenMaker::Unsigned(R"({"alg":"HS256","kid":"hs"})", kPayload) + "."),
              HasSubstr("signature"));
}

TEST_F(JwtVerifierTest, RefusesAnotherAlgorithmThanTheKeys) {
  for (const auto& [alg, kid] :
       {std::pair{"HS256", "rsa"}, std::pair{"HS256", "ec"}, std::pair{"RS256", "ec"},
        std::pair{"ES256", "rsa"}, std::pair{"RS256", "hs"}}) {
    const std::string header = absl::StrCat(R"({"alg":")", alg, R"(","kid":")", kid, R"("})");
    EXPECT_THAT(RefusalOfHeader(header), HasSubstr("alg is not the one of its key")) << header;
  }
  for (const char* alg : {"HS384", "HS512", "RS512", "PS256", "ES384", "hs256", "Rs256", ""}) {
    EXPECT_THAT(RefusalOfHeader(absl::StrCat(R"({"alg":")", alg, R"(","kid":"hs"})")),
                HasSubstr("alg must be"))
        << alg;
  }
  EXPECT_THAT(RefusalOfHeader(R"({"kid":"hs"})"), HasSubstr("alg must be"));
  EXPECT_THAT(RefusalOfHeader(R"({"alg":["HS256"],"kid":"hs"})"), HasSubstr("alg must be"));
}

// What libjwt knows of it: an access token of RFC 9068 is of another type.
TEST_F(JwtVerifierTest, TakesNoOtherTypeThanItsOwn) {
  for (const char* type : {"JWT", "jwt"}) {
    EXPECT_EQ(RefusalOfHeader(absl::StrCat(R"({"alg":"HS256","kid":"hs","typ":")", type, R"("})")),
              "")
        << type;
  }
  for (const char* type :
       {"at+jwt", "application/at+jwt", "dpop+jwt", "secevent+jwt", "JOSE", ""}) {
    EXPECT_NE(RefusalOfHeader(absl::StrCat(R"({"alg":"HS256","kid":"hs","typ":")", type, R"("})")),
              "")
        << type;
  }
}

TEST_F(JwtVerifierTest, RefusesAKeyThatIsNotOurs) {
  EXPECT_THAT(RefusalOfHeader(R"({"alg":"HS256","kid":"other"})"), HasSubstr("not known"));
  EXPECT_THAT(RefusalOfHeader(R"({"alg":"HS256","kid":""})"), HasSubstr("not known"));
  EXPECT_THAT(RefusalOfHeader(R"({"alg":"HS256","kid":"hs\u0000"})"), HasSubstr("not known"));
  EXPECT_THAT(RefusalOfHeader(R"({"alg":"HS256"})"), HasSubstr("name its key"));
  EXPECT_THAT(RefusalOfHeader(R"({"alg":"HS256","kid":7})"), HasSubstr("name its key"));
}

TEST_F(JwtVerifierTest, TakesNoKeyAndNoExtensionFromTheToken) {
  const std::string jwk = TokenMaker::EcJwk("hs");
  for (const std::string& claim :
       {std::string(R"("jku":"https://evil.test/keys")"), absl::StrCat(R"("jwk":)", jwk),
        std::string(R"("x5u":"https://evil.test/chain")"), std::string(R"("x5c":["AAAA"])"),
        std::string(R"("crit":["exp"],"exp":1)"), std::string(R"("crit":[])"),
        std::string(R"("jku":null)")}) {
    EXPECT_THAT(RefusalOfHeader(absl::StrCat(R"({"alg":"HS256","kid":"hs",)", claim, "}")),
                HasSubstr("must not have"))
        << claim;
  }
}

TEST_F(JwtVerifierTest, RefusesHeadersWithTwoMeanings) {
  for (const char* header :
       {R"({"alg":"HS256","kid":"hs","alg":"HS256"})", R"({"alg":"none","alg":"HS256","kid":"hs"})",
        R"({"alg":"HS256","kid":"rsa","kid":"hs"})", R"({"alg":"HS256","kid":"hs"} x)",
        R"(["HS256","hs"])", R"({"alg":"HS256","kid":"hs",})", "", "{}{}"}) {
    EXPECT_THAT(RefusalOfHeader(header), HasSubstr("no JSON object")) << header;
  }
}

TEST_F(JwtVerifierTest, RefusesPayloadsWithTwoMeanings) {
  const std::string payload(kPayload);
  const std::string twice = absl::StrCat(payload.substr(0, payload.size() - 1), R"(,"sub":"bob"})");
  EXPECT_THAT(
      Refusal(TokenMaker::Hs256(TokenMaker::Unsigned(R"({"alg":"HS256","kid":"hs"})", twice))),
      HasSubstr("no JSON object"));
}

TEST_F(JwtVerifierTest, RefusesOtherSignatures) {
  const std::string text = TokenMaker::Unsigned(R"({"alg":"ES256","kid":"ec"})", kPayload);
  EXPECT_THAT(Refusal(TokenMaker::Es256InDer(text)), HasSubstr("signature"));
  EVP_PKEY* other = EVP_EC_gen("prime256v1");
  EXPECT_THAT(Refusal(TokenMaker::Es256(text, other)), HasSubstr("signature"));
  EVP_PKEY_free(other);
  // r = s = 0, which careless verifiers take (CVE-2022-21449).
  EXPECT_THAT(Refusal(absl::StrCat(text, ".", TokenMaker::Base64Url(std::string(64, '\0')))),
              HasSubstr("signature"));
  // Another payload under the signature of the first.
  const std::string good = TokenMaker::Es256(text);
  const std::string evil =
      TokenMaker::Unsigned(R"({"alg":"ES256","kid":"ec"})", R"({"sub":"mallory"})");
  EXPECT_THAT(Refusal(evil + good.substr(good.rfind('.'))), HasSubstr("signature"));
}

TEST_F(JwtVerifierTest, RefusesGarbage) {
  const std::string good =
      TokenMaker::Hs256(TokenMaker::Unsigned(R"({"alg":"HS256","kid":"hs"})", kPayload));
  ASSERT_EQ(Refusal(good), "");
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_NE(Refusal(good.substr(0, size)), "") << size;
  }
  for (const std::string& token :
       {std::string(), std::string("."), std::string(".."), std::string("..."), good + ".",
        good + "=", good + " ", " " + good, good + "\n", good + std::string(1, '\0'), "x" + good,
        std::string("\xff\xfe.\xff.\xff"), good + "." + good}) {
    EXPECT_NE(Refusal(token), "") << token;
  }
}

TEST_F(JwtVerifierTest, RefusesOverlongTokens) {
  const std::string header =
      absl::StrCat(R"({"alg":"HS256","kid":"hs","x":")", std::string(8192, 'x'), R"("})");
  EXPECT_THAT(RefusalOfHeader(header), HasSubstr("at most"));
}

TEST_F(JwtVerifierTest, JudgesATokenThatItKnowsLikeAnyOther) {
  const std::string token =
      TokenMaker::Es256(TokenMaker::Unsigned(R"({"alg":"ES256","kid":"ec"})", kPayload));
  EXPECT_EQ(Refusal(token), "");
  EXPECT_EQ(Refusal(token), "");
  EXPECT_THAT(std::string(verifier_.Verify(token, absl::FromUnixSeconds(3000)).status().message()),
              HasSubstr("exp"));
  // The same payload, signed with a key that has taken the place of the first.
  EVP_PKEY* const other = EVP_EC_gen("prime256v1");
  file_.Write(absl::StrCat(R"({"keys":[)", TokenMaker::EcJwk("ec", other), "]}"));
  EVP_PKEY_free(other);
  EXPECT_THAT(Refusal(token), HasSubstr("signature"));
  file_.Write(absl::StrCat(R"({"keys":[)", TokenMaker::EcJwk("ec"), "]}"));
  EXPECT_EQ(Refusal(token), "");
}

TEST_F(JwtVerifierTest, ForgetsAKeyThatTheFileNoLongerHas) {
  const std::string token =
      TokenMaker::Rs256(TokenMaker::Unsigned(R"({"alg":"RS256","kid":"rsa"})", kPayload));
  EXPECT_EQ(Refusal(token), "");
  file_.Write(absl::StrCat(R"({"keys":[)", TokenMaker::EcJwk("ec"), "]}"));
  EXPECT_THAT(Refusal(token), HasSubstr("not known"));
}

}  // namespace
}  // namespace usersync::gateway
