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

  // These fail only without memory or without OpenSSL's default provider: nothing could go on
  // then.
  void Begin() { Must(EVP_DigestInit_ex(context_, algorithm_, nullptr)); }
  void Add(absl::string_view bytes) {
    Must(EVP_DigestUpdate(context_, bytes.data(), bytes.size()));
  }
  std::string End() {
    std::string digest(kDigestBytes, '\0');
    Must(EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(digest.data()), nullptr));
    return digest;
  }

 private:
  static void Must(int done) {
    if (done != 1) std::abort();
  }

  EVP_MD_CTX* const context_;
  EVP_MD* const algorithm_;
};

std::string Hash(absl::string_view first, absl::string_view second) {
  thread_local Hasher hasher;
  hasher.Begin();
  hasher.Add(first);
  hasher.Add(second);
  return hasher.End();
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

class Sha256Stream::Context : public Hasher {};

Sha256Stream::Sha256Stream() : context_(std::make_unique<Context>()) { context_->Begin(); }

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Add(absl::string_view bytes) { context_->Add(bytes); }

std::string Sha256Stream::Digest() { return context_->End(); }

}  // namespace usersync::store
