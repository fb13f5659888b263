// An issuer of JSON Web Tokens, and a forger: signs any header and payload with any of its keys.
#pragma once

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace usersync::gateway {

class TokenMaker {
 public:
  // Of 32 bytes.
  static constexpr char kSecret[] = "0123456789abcdef0123456789abcdef";

  // Keys are made once a process: it takes a while.
  static EVP_PKEY* Rsa() {
    static EVP_PKEY* const key = EVP_RSA_gen(2048);
    return key;
  }
  static EVP_PKEY* Ec() {
    static EVP_PKEY* const key = EVP_EC_gen("prime256v1");
    return key;
  }

  static std::string Base64Url(const std::string& bytes) {
    std::string text;
    absl::WebSafeBase64Escape(bytes, &text);
    while (!text.empty() && text.back() == '=') text.pop_back();
    return text;
  }

  // Header and payload, to be signed.
  static std::string Unsigned(const std::string& header, const std::string& payload) {
    return absl::StrCat(Base64Url(header), ".", Base64Url(payload));
  }

  static std::string Hs256(const std::string& text, const std::string& secret = kSecret) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
    return absl::StrCat(text, ".", Base64Url({reinterpret_cast<char*>(digest), size}));
  }

  static std::string Rs256(const std::string& text, EVP_PKEY* key = Rsa()) {
    return absl::StrCat(text, ".", Base64Url(Sign(text, key)));
  }

  // As RFC 7518 wants it: both numbers in 32 bytes each.
  static std::string Es256(const std::string& text, EVP_PKEY* key = Ec()) {
    const std::string der = Sign(text, key);
    const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size()));
    std::string both(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), reinterpret_cast<unsigned char*>(both.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), reinterpret_cast<unsigned char*>(both.data()) + 32,
                 32);
    ECDSA_SIG_free(signature);
    return absl::StrCat(text, ".", Base64Url(both));
  }

  // As OpenSSL has it.
  static std::string Es256InDer(const std::string& text) {
    return absl::StrCat(text, ".", Base64Url(Sign(text, Ec())));
  }

  static std::string PublicPem(const EVP_PKEY* key) {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(bio, key);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio, &text);
    std::string pem(text, static_cast<size_t>(size));
    BIO_free(bio);
    return pem;
  }

  // The public keys and the secret, with the key ids "rsa", "ec" and "hs".
  static std::string Jwks() {
    return absl::StrCat(R"({"keys":[)", RsaJwk(Rsa(), "rsa"), ",", EcJwk("ec"), ",",
                        R"({"kty":"oct","alg":"HS256","kid":"hs","k":")", Base64Url(kSecret),
                        R"("}]})");
  }

  static std::string RsaJwk(const EVP_PKEY* key, const std::string& id) {
    return absl::StrCat(R"({"kty":"RSA","alg":"RS256","use":"sig","kid":")", id, R"(","n":")",
                        Number(key, OSSL_PKEY_PARAM_RSA_N), R"(","e":")",
                        Number(key, OSSL_PKEY_PARAM_RSA_E), R"("})");
  }

  static std::string EcJwk(const std::string& id, const EVP_PKEY* key = Ec()) {
    return absl::StrCat(R"({"kty":"EC","crv":"P-256","alg":"ES256","kid":")", id, R"(","x":")",
                        Number(key, OSSL_PKEY_PARAM_EC_PUB_X, 32), R"(","y":")",
                        Number(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32), R"("})");
  }

 private:
  static std::string Sign(const std::string& text, EVP_PKEY* key) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    size_t size = 0;
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
    EVP_DigestSign(context, nullptr, &size, bytes, text.size());
    std::string signature(size, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                   text.size());
    signature.resize(size);
    EVP_MD_CTX_free(context);
    return signature;
  }

  static std::string Number(const EVP_PKEY* key, const char* name, int size = 0) {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key, name, &number);
    std::string bytes(size > 0 ? size : BN_num_bytes(number), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
                 static_cast<int>(bytes.size()));
    BN_free(number);
    return Base64Url(bytes);
  }
};

}  // namespace usersync::gateway
