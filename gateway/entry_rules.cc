#include "gateway/entry_rules.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace usersync::gateway {
namespace {

constexpr absl::string_view kHttp = "http://";
constexpr absl::string_view kHttps = "https://";
constexpr int kUsualHttpPort = 80;
constexpr int kUsualHttpsPort = 443;

// A name, an IPv4 address, or an IPv6 address in brackets.
bool IsHost(absl::string_view text) {
  const bool is_ipv6 = absl::StartsWith(text, "[") && absl::EndsWith(text, "]");
  if (is_ipv6) text = text.substr(1, text.size() - 2);
  return !text.empty() && std::all_of(text.begin(), text.end(), [is_ipv6](char c) {
    return is_ipv6 ? absl::ascii_isxdigit(c) || c == ':' || c == '.'
                   : absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_';
  });
}

// As browsers send it (RFC 6454, 6.2): without the port that the scheme has anyway.
std::string OriginOf(absl::string_view scheme, absl::string_view host, int port) {
  const std::string origin = absl::AsciiStrToLower(absl::StrCat(scheme, host));
  const bool is_usual = port == (scheme == kHttps ? kUsualHttpsPort : kUsualHttpPort);
  return is_usual ? origin : absl::StrCat(origin, ":", port);
}

// The same of a text; nullopt if that is no origin.
std::optional<std::string> ReadOrigin(absl::string_view text) {
  const absl::string_view scheme = absl::StartsWith(text, kHttps) ? kHttps : kHttp;
  if (!absl::ConsumePrefix(&text, scheme)) return std::nullopt;
  // Colons in brackets belong to an IPv6 address.
  const size_t bracket = text.rfind(']');
  const size_t colon = text.find(':', bracket == text.npos ? 0 : bracket);
  const absl::string_view host = text.substr(0, colon);
  if (!IsHost(host)) return std::nullopt;
  if (colon == text.npos) return absl::AsciiStrToLower(absl::StrCat(scheme, host));
  const absl::string_view digits = text.substr(colon + 1);
  int port = 0;
  if (!std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(digits, &port)) {
    return std::nullopt;
  }
  return OriginOf(scheme, host, port);
}

}  // namespace

absl::StatusOr<EntryRules> EntryRules::Make(const Options& options) {
  for (const std::string& host : options.hosts) {
    if (IsHost(host)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--allowed-hosts must be names without scheme, port and wildcard, which \"",
                     host, "\" is not"));
  }
  std::vector<std::string> origins;
  for (const std::string& text : options.origins) {
    const auto origin = ReadOrigin(text);
    if (!origin) {
      return absl::InvalidArgumentError(
          absl::StrCat("--allowed-origins must be such as https://users.example:8443, which \"",
                       text, "\" is not"));
    }
    origins.push_back(*origin);
  }
  std::vector<std::string> names = options.hosts;
  names.insert(names.end(), std::begin(kLoopbackNames), std::end(kLoopbackNames));
  for (const std::string& name : names) {
    origins.push_back(OriginOf(kHttp, name, options.http_port));
    origins.push_back(OriginOf(kHttps, name, options.https_port));
  }
  return EntryRules{.hosts = HostList(options.hosts), .pages = CorsPolicy(std::move(origins))};
}

}  // namespace usersync::gateway
