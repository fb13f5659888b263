// The documents that are measured: 300 bytes each.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace usersync::tests {

inline constexpr size_t kDocumentBytes = 300;

inline std::string BenchUserId(int64_t user) {
  return absl::StrCat("user-", absl::Dec(user, absl::kZeroPad8));
}

inline std::string BenchStatus(int64_t edit) {
  return absl::StrCat("edit-", absl::Dec(edit, absl::kZeroPad16));
}

// The address of a user is what makes the document long; an edit leaves it alone.
inline std::string BenchEmail(int64_t user) {
  return absl::StrCat(BenchUserId(user), ".", std::string(78, 'x'), "@example.com");
}

// An edit of a user: status and updated_at are unlike those of the edits before.
inline std::string BenchDocument(int64_t user, int64_t edit) {
  return absl::StrCat("{\"id\":\"", BenchUserId(user), "\",\"email\":\"", BenchEmail(user),
                      "\",\"status\":\"", BenchStatus(edit),
                      "\",\"role\":\"user\",\"created_at\":\"2024-01-01T00:00:00.000Z\","
                      "\"updated_at\":\"2024-01-01T00:00:",
                      absl::Dec(edit / 1000000 % 60, absl::kZeroPad2), ".",
                      absl::Dec(edit / 1000 % 1000, absl::kZeroPad3), "Z\",\"_deleted\":false}");
}

}  // namespace usersync::tests
