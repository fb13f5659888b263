// The documents that are measured: 300 bytes each.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace usersync::tests {

inline constexpr size_t kDocumentBytes = 300;

// A document of a user; `edit` makes it unlike the others of that user.
inline std::string BenchDocument(int64_t user, int64_t edit) {
  const std::string head =
      absl::StrCat("{\"id\":\"user-", user, "\",\"email\":\"user-", user,
                   "@example.com\",\"role\":\"user\",\"created_at\":\"2024-01-01T00:00:00.000Z\","
                   "\"updated_at\":\"2024-01-01T00:00:00.000Z\",\"_deleted\":false,\"status\":\"",
                   edit, "-");
  // A status has at most 64 characters; white space between tokens is JSON too.
  const size_t most = kDocumentBytes - 2;
  std::string document = head;
  size_t filled = 0;
  while (document.size() < most && filled++ < 40) document.push_back('x');
  document.append("\"");
  while (document.size() < kDocumentBytes - 1) document.push_back(' ');
  return document + "}";
}

}  // namespace usersync::tests
