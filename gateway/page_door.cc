#include "gateway/page_door.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/plain_answer.h"

namespace usersync::gateway {
namespace {

constexpr int kHttpOk = 200;
constexpr int kHttpNotModified = 304;
constexpr int kHttpMethodNotAllowed = 405;
constexpr char kConfigPath[] = "/config.json";

// The page loads only what lies beside it, and talks only to NATS and the gateway.
std::string ContentSecurityPolicy(const PageConfig& config) {
  return absl::StrCat(
      "default-src 'self'; connect-src 'self' ", config.nats_ws_url, " ", config.gateway_url, " ",
      config.gateway_tls_url,
      "; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}

// Whether the browser has the file already (RFC 9110, 13.1.2).
bool Has(absl::string_view if_none_match, absl::string_view etag) {
  for (absl::string_view known : absl::StrSplit(if_none_match, ',')) {
    known = absl::StripAsciiWhitespace(known);
    absl::ConsumePrefix(&known, "W/");
    if (known == etag || known == "*") return true;
  }
  return false;
}

}  // namespace

PageDoor::PageDoor(const PageConfig& config, std::string folder)
    : config_(ToJson(config)),
      content_security_policy_(ContentSecurityPolicy(config)),
      files_(std::move(folder)) {}

std::shared_ptr<Handler> PageDoor::Route(
    const RequestHead& head, Responder& responder,
    const std::function<void(HttpHeaders*)>& finish_headers) const {
  const bool is_config = head.path() == kConfigPath;
  auto file = is_config ? std::nullopt : files_.Find(head.path());
  if (!is_config && !file) return nullptr;
  const auto answer = [&](int status, HttpHeaders headers, std::string body) {
    finish_headers(&headers);
    return std::make_shared<PlainAnswer>(status, std::move(headers), std::move(body), responder);
  };
  if (head.method != "GET" && head.method != "HEAD") {
    return answer(kHttpMethodNotAllowed, {{"allow", "GET, HEAD"}}, "");
  }
  if (is_config) {
    return answer(kHttpOk, {{"content-type", "application/json"}, {"cache-control", "no-store"}},
                  config_);
  }
  if (Has(head.headers.Get("if-none-match"), file->etag)) {
    return answer(kHttpNotModified, HeadersOf(*file), "");
  }
  return answer(kHttpOk, HeadersOf(*file), std::move(file->content));
}

HttpHeaders PageDoor::HeadersOf(const PageFile& file) const {
  return {{"content-type", file.type},
          {"etag", file.etag},
          {"cache-control", file.is_immutable ? "public, max-age=31536000, immutable" : "no-cache"},
          {"content-security-policy", content_security_policy_},
          {"x-content-type-options", "nosniff"},
          {"referrer-policy", "no-referrer"}};
}

}  // namespace usersync::gateway
