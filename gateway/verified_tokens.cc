#include "gateway/verified_tokens.h"

#include <openssl/sha.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace usersync::gateway {

std::string VerifiedTokens::Digest(absl::string_view token, absl::string_view key) {
  // The length keeps a token and its key apart.
  const std::string text = absl::StrCat(token.size(), ":", token, key);
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

bool VerifiedTokens::Has(const std::string& digest) const {
  MutexLock lock(mutex_);
  return digests_.contains(digest);
}

void VerifiedTokens::Add(std::string digest) {
  MutexLock lock(mutex_);
  if (digests_.size() >= most_) digests_.clear();
  digests_.insert(std::move(digest));
}

}  // namespace usersync::gateway
