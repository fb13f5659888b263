#include "store/digest.h"

#include <openssl/evp.h>

#include <cassert>
#include <cstdlib>

namespace usersync::store {
namespace {

constexpr size_t kBlockBytes = 64;

// One for each thread: to make one, and to look the algorithm up, costs more than the hash.
class Hasher {
 public:
  Hasher() : context_(EVP_MD_CTX_new()), algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {}
  ~Hasher() {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(algorithm_);
  }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  // Fails only without memory or without OpenSSL's default provider: nothing could go on then.
  void Hash(absl::string_view first, absl::string_view second, unsigned char* digest) {
    const bool done = EVP_DigestInit_ex(context_, algorithm_, nullptr) == 1 &&
                      EVP_DigestUpdate(context_, first.data(), first.size()) == 1 &&
                      EVP_DigestUpdate(context_, second.data(), second.size()) == 1 &&
                      EVP_DigestFinal_ex(context_, digest, nullptr) == 1;
    if (!done) std::abort();
  }

 private:
  EVP_MD_CTX* const context_;
  EVP_MD* const algorithm_;
};

std::string Hash(absl::string_view first, absl::string_view second) {
  thread_local Hasher hasher;
  std::string digest(kDigestBytes, '\0');
  hasher.Hash(first, second, reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

}  // namespace

std::string Sha256(absl::string_view bytes, absl::string_view more) { return Hash(bytes, more); }

std::string HmacSha256(absl::string_view key, absl::string_view message) {
  assert(key.size() <= kBlockBytes);
  char inner_pad[kBlockBytes];
  char outer_pad[kBlockBytes];
  for (size_t i = 0; i < kBlockBytes; ++i) {
    const char byte = i < key.size() ? key[i] : '\0';
    inner_pad[i] = static_cast<char>(byte ^ 0x36);
    outer_pad[i] = static_cast<char>(byte ^ 0x5c);
  }
  const std::string inner = Hash(absl::string_view(inner_pad, kBlockBytes), message);
  return Hash(absl::string_view(outer_pad, kBlockBytes), inner);
}

}  // namespace usersync::store
