#include "store/email.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace usersync::store {
namespace {

constexpr size_t kMostBytes = 320;

bool IsControlOrSpace(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7f;
}

// Whether it holds white space beyond ASCII, as ECMAScript's \s sees it.
bool HasWideSpace(absl::string_view text) {
  if (std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; })) return false;
  static constexpr absl::string_view kSpaces[] = {"\u00a0", "\u1680", "\u2000", "\u2001", "\u2002",
                                                  "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
                                                  "\u2008", "\u2009", "\u200a", "\u2028", "\u2029",
                                                  "\u202f", "\u205f", "\u3000", "\ufeff"};
  return std::any_of(std::begin(kSpaces), std::end(kSpaces),
                     [&](absl::string_view space) { return absl::StrContains(text, space); });
}

}  // namespace

bool IsEmail(absl::string_view email) {
  if (email.size() > kMostBytes || std::any_of(email.begin(), email.end(), IsControlOrSpace) ||
      HasWideSpace(email)) {
    return false;
  }
  const size_t at = email.find('@');
  if (at == 0 || at == absl::string_view::npos) return false;
  const absl::string_view domain = email.substr(at + 1);
  const size_t dot = domain.rfind('.');
  return !absl::StrContains(domain, '@') && dot != absl::string_view::npos && dot > 0 &&
         dot + 1 < domain.size();
}

std::string FoldEmail(absl::string_view email) { return absl::AsciiStrToLower(email); }

}  // namespace usersync::store
