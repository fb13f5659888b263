#include "store/log_head.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "store/digest.h"

namespace usersync::store {
namespace {

constexpr size_t kMostHostCharacters = 200;

bool IsHostCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == ':' || c == '_' ||
         c == '-';
}

}  // namespace

bool IsLogHost(absl::string_view host) {
  return !host.empty() && host.size() <= kMostHostCharacters &&
         std::all_of(host.begin(), host.end(), IsHostCharacter);
}

std::string OriginOf(absl::string_view host, absl::string_view epoch) {
  return absl::StrCat(host, "/usersync/", epoch);
}

std::string TextOf(const LogHead& head) {
  return absl::StrCat(head.origin, "\n", head.size, "\n", absl::Base64Escape(head.root), "\n");
}

absl::StatusOr<LogHead> ParseLogHead(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, absl::MaxSplits('\n', 3));
  LogHead head;
  if (lines.size() == 4 && !lines[0].empty() && absl::SimpleAtoi(lines[1], &head.size) &&
      head.size >= 0 && absl::Base64Unescape(lines[2], &head.root) &&
      head.root.size() == kDigestBytes) {
    head.origin = std::string(lines[0]);
    return head;
  }
  return absl::InvalidArgumentError("not a head of a log (origin, size, root)");
}

}  // namespace usersync::store
