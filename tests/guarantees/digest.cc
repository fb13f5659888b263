#include "tests/guarantees/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace usersync::tests {

// nlohmann's objects are sorted by the bytes of their keys, and its strings escape what RFC 8785
// escapes, in the same way; only its numbers are written differently, and there are none.
std::string CanonicalJson(const nlohmann::json& value) { return value.dump(); }

std::string Sha256(const std::string& bytes) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
             EVP_sha256(), nullptr);
  digest.resize(size);
  return digest;
}

std::string HmacSha256(const std::string& key, const std::string& bytes) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
       reinterpret_cast<unsigned char*>(digest.data()), &size);
  digest.resize(size);
  return digest;
}

}  // namespace usersync::tests
