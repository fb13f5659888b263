#include "gateway/jwt_key_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/testing/token_maker.h"

namespace usersync::gateway {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

std::string Jwks(const std::string& keys) { return absl::StrCat(R"({"keys":[)", keys, "]}"); }

std::string Flaw(const std::string& keys) {
  return std::string(ParseJwks(Jwks(keys)).status().message());
}

std::string Oct(const std::string& secret, const std::string& more = R"("alg":"HS256","kid":"a")") {
  return absl::StrCat(R"({"kty":"oct",)", more, R"(,"k":")", TokenMaker::Base64Url(secret),
                      R"("})");
}

TEST(JwtKeySet, HasTheKeysOfAJwks) {
  const auto keys = ParseJwks(TokenMaker::Jwks());
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->at("rsa").material, TokenMaker::PublicPem(TokenMaker::Rsa()));
  EXPECT_EQ(keys->at("rsa").algorithm, JwtAlgorithm::kRs256);
  EXPECT_EQ(keys->at("ec").material, TokenMaker::PublicPem(TokenMaker::Ec()));
  EXPECT_EQ(keys->at("hs").material, TokenMaker::kSecret);
}

TEST(JwtKeySet, PassesOverKeysForSomethingElse) {
  const std::string others =
      R"({"kty":"OKP","crv":"Ed25519","kid":"o","x":"AAAA"},
         {"kty":"RSA","alg":"RS512","kid":"p","n":"AQAB","e":"AQAB"},
         {"kty":"RSA","use":"enc","alg":"RSA-OAEP","kid":"q","n":"AQAB","e":"AQAB"},)";
  EXPECT_THAT(*ParseJwks(Jwks(others + TokenMaker::EcJwk("ec"))), SizeIs(1));
  EXPECT_THAT(Flaw(others.substr(0, others.rfind(','))), HasSubstr("has no key for"));
}

TEST(JwtKeySet, WantsExactlyOneAlgorithmAndAnIdOfEachKey) {
  const std::string secret = TokenMaker::kSecret;
  EXPECT_EQ(Flaw(Oct(secret)), "");
  EXPECT_THAT(Flaw(Oct(secret, R"("kid":"a")")), HasSubstr("alg must be there"));
  EXPECT_THAT(Flaw(Oct(secret, R"("alg":"HS256")")), HasSubstr("kid must be there"));
  EXPECT_THAT(Flaw(Oct(secret, R"("alg":"RS256","kid":"a")")), HasSubstr("those of its alg"));
  EXPECT_THAT(Flaw(Oct(secret) + "," + Oct(secret)), HasSubstr("another key has its kid"));
  EXPECT_THAT(Flaw(Oct(secret, R"("alg":"HS256","alg":"HS256","kid":"a")")),
              HasSubstr("must be a JSON object"));
}

TEST(JwtKeySet, RefusesWeakKeys) {
  EXPECT_THAT(Flaw(Oct(std::string(31, 'x'))), HasSubstr("at least 32 bytes"));
  EVP_PKEY* weak = EVP_RSA_gen(1024);
  EXPECT_THAT(Flaw(TokenMaker::RsaJwk(weak, "weak")), HasSubstr("at least 2048 bits"));
  EXPECT_THAT(
      ParseSingleKey(TokenMaker::PublicPem(weak), JwtAlgorithm::kRs256, "a").status().message(),
      HasSubstr("at least 2048 bits"));
  EVP_PKEY_free(weak);
}

TEST(JwtKeySet, RefusesPointsOffTheCurve) {
  const std::string number = TokenMaker::Base64Url(std::string(32, '\x01'));
  EXPECT_THAT(Flaw(absl::StrCat(R"({"kty":"EC","crv":"P-256","alg":"ES256","kid":"a","x":")",
                                number, R"(","y":")", number, R"("})")),
              HasSubstr("no public key"));
  EXPECT_THAT(Flaw(R"({"kty":"EC","crv":"P-256","alg":"ES256","kid":"a","x":"AA","y":"AA"})"),
              HasSubstr("32 bytes each"));
  EXPECT_THAT(Flaw(R"({"kty":"EC","crv":"P-384","alg":"ES256","kid":"a","x":"AA","y":"AA"})"),
              HasSubstr("those of its alg"));
}

TEST(JwtKeySet, RefusesWhatIsNoSet) {
  for (const char* text : {"", "{}", R"({"keys":{}})", R"({"keys":[7]})", R"({"keys":[]})", "[]"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseJwks(text).status())) << text;
  }
}

TEST(JwtKeySet, CanBeASingleKey) {
  const std::string rsa = TokenMaker::PublicPem(TokenMaker::Rsa());
  EXPECT_EQ(ParseSingleKey(rsa, JwtAlgorithm::kRs256, "a")->at("a").material, rsa);
  EXPECT_EQ(ParseSingleKey(absl::StrCat(TokenMaker::kSecret, "\n"), JwtAlgorithm::kHs256, "a")
                ->at("a")
                .material,
            TokenMaker::kSecret);
  EXPECT_FALSE(ParseSingleKey("short\n", JwtAlgorithm::kHs256, "a").ok());
  EXPECT_FALSE(ParseSingleKey("garbage", JwtAlgorithm::kEs256, "a").ok());
  // A key of another kind, and a public key as a secret.
  EXPECT_FALSE(ParseSingleKey(rsa, JwtAlgorithm::kEs256, "a").ok());
  EXPECT_THAT(ParseSingleKey(rsa, JwtAlgorithm::kHs256, "a").status().message(),
              HasSubstr("no secret"));
}

}  // namespace
}  // namespace usersync::gateway
