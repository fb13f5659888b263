#include "gateway/cors.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_join.h"

namespace usersync::gateway {
namespace {

constexpr char kMethods[] = "GET, POST, PATCH, DELETE";
constexpr char kRequestHeaders[] =
    "authorization, content-type, grpc-timeout, last-event-id, traceparent, tracestate, "
    "x-grpc-web, "
    "x-request-id, x-user-agent, x-user-id, connect-protocol-version, connect-timeout-ms";
// Chromium keeps a preflight no longer.
constexpr char kMaxAge[] = "7200";

}  // namespace

bool CorsPolicy::Allows(absl::string_view origin) const {
  return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

bool CorsPolicy::Refuses(const HttpHeaders& request) const {
  return std::any_of(request.begin(), request.end(), [this](const HttpHeaders::value_type& field) {
    return field.first == "origin" && !Allows(field.second);
  });
}

void CorsPolicy::AddPreflight(absl::string_view origin, HttpHeaders* answer) const {
  answer->Add("access-control-allow-origin", std::string(origin));
  answer->Add("access-control-allow-methods", kMethods);
  answer->Add("access-control-allow-headers", kRequestHeaders);
  answer->Add("access-control-max-age", kMaxAge);
  answer->Add("vary", "Origin");
}

void CorsPolicy::AddActual(absl::string_view origin, HttpHeaders* answer) const {
  std::set<std::string> exposed = {"grpc-message", "grpc-status", "grpc-status-details-bin"};
  for (const auto& [name, value] : *answer) exposed.insert(name);
  answer->Add("access-control-allow-origin", std::string(origin));
  answer->Add("access-control-expose-headers", absl::StrJoin(exposed, ", "));
  answer->Add("vary", "Origin");
}

}  // namespace usersync::gateway
