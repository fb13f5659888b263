#include "gateway/request_id.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace usersync::gateway {
namespace {

constexpr size_t kMostCharacters = 128;

bool IsRequestId(absl::string_view text) {
  return !text.empty() && text.size() <= kMostCharacters &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '~' || c == '-';
         });
}

}  // namespace

std::string RequestIdOf(const HttpHeaders& headers) {
  const absl::string_view given = headers.Get(kRequestId);
  if (headers.Count(kRequestId) == 1 && IsRequestId(given)) return std::string(given);
  thread_local absl::BitGen random;
  return absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16),
                      absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

}  // namespace usersync::gateway
