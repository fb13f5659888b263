#include "gateway/public_key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace usersync::gateway {
namespace {

constexpr int kLeastRsaBits = 2048;
constexpr size_t kP256Bytes = 32;
constexpr char kP256[] = "prime256v1";
// Of a point that is written out in full (SEC 1, 2.3.3).
constexpr char kUncompressed = '\x04';

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;

Number NumberFrom(absl::string_view bytes) {
  return Number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                          static_cast<int>(bytes.size()), nullptr));
}

// Null if they make no key.
Key KeyFrom(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || EVP_PKEY_fromdata_init(context.get()) <= 0 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) <= 0) {
    return nullptr;
  }
  return Key(key);
}

bool IsP256(const EVP_PKEY* key) {
  char group[32] = "";
  return EVP_PKEY_get_group_name(key, group, sizeof(group), nullptr) > 0 &&
         absl::string_view(group) == kP256;
}

absl::Status Check(const EVP_PKEY* key, JwtAlgorithm algorithm) {
  if (algorithm == JwtAlgorithm::kRs256) {
    if (EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= kLeastRsaBits) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        absl::StrCat("RS256 needs an RSA key of at least ", kLeastRsaBits, " bits"));
  }
  if (EVP_PKEY_is_a(key, "EC") && IsP256(key)) return absl::OkStatus();
  return absl::InvalidArgumentError("ES256 needs an EC key of the curve P-256");
}

absl::StatusOr<std::string> ToPem(const Key& key, JwtAlgorithm algorithm) {
  // What OpenSSL has to say is nobody's business later on.
  const absl::Cleanup forget = [] { ERR_clear_error(); };
  if (key == nullptr) return absl::InvalidArgumentError("it is no public key");
  if (auto status = Check(key.get(), algorithm); !status.ok()) return status;
  const Bio bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PUBKEY(bio.get(), key.get()) != 1) {
    return absl::InvalidArgumentError("it cannot be written as PEM");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

}  // namespace

absl::StatusOr<std::string> RsaPublicKey(absl::string_view modulus, absl::string_view exponent) {
  const Builder builder(OSSL_PARAM_BLD_new());
  const Number n = NumberFrom(modulus);
  const Number e = NumberFrom(exponent);
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return ToPem(KeyFrom("RSA", builder.get()), JwtAlgorithm::kRs256);
}

absl::StatusOr<std::string> P256PublicKey(absl::string_view x, absl::string_view y) {
  if (x.size() != kP256Bytes || y.size() != kP256Bytes) {
    return absl::InvalidArgumentError("x and y must have 32 bytes each");
  }
  const std::string point = absl::StrCat(std::string(1, kUncompressed), x, y);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kP256, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return ToPem(KeyFrom("EC", builder.get()), JwtAlgorithm::kEs256);
}

absl::StatusOr<std::string> PublicKeyFromPem(absl::string_view pem, JwtAlgorithm algorithm) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return ToPem(Key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr)), algorithm);
}

}  // namespace usersync::gateway
