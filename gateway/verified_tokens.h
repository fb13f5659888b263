// Remembers which tokens were signed with which key, as digests: to check a signature costs more
// than all the rest of a call. What a token claims is not kept. Thread-safe.
#pragma once

#include <string>
#include <unordered_set>

#include "absl/strings/string_view.h"
#include "common/mutex.h"

namespace usersync::gateway {

class VerifiedTokens {
 public:
  explicit VerifiedTokens(size_t most = 10000) : most_(most) {}

  // What stands for a token and the key that it was checked with.
  static std::string Digest(absl::string_view token, absl::string_view key);

  bool Has(const std::string& digest) const;

  // Forgets all others if there are too many.
  void Add(std::string digest);

 private:
  const size_t most_;
  mutable Mutex mutex_;
  std::unordered_set<std::string> digests_ GUARDED_BY(mutex_);
};

}  // namespace usersync::gateway
