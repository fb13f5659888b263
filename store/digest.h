// SHA-256 and HMAC-SHA-256, without the cost that OpenSSL 3 has per call for finding them.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace usersync::store {

inline constexpr size_t kDigestBytes = 32;

// SHA-256 of the two pieces, one after the other.
std::string Sha256(absl::string_view bytes, absl::string_view more = "");

// HMAC-SHA-256 (RFC 2104). `key` has at most 64 bytes.
std::string HmacSha256(absl::string_view key, absl::string_view message);

// SHA-256 of what comes piece by piece.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();

  void Add(absl::string_view bytes);
  // To be called once, after everything.
  std::string Digest();

 private:
  class Context;
  std::unique_ptr<Context> context_;
};

}  // namespace usersync::store
