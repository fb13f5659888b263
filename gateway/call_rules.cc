#include "gateway/call_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace usersync::gateway {

CallRules::CallRules(const Identity& identity, std::vector<std::string> more_services)
    : identity_(identity), services_(std::move(more_services)) {
  for (const char* service :
       {"/users.v1.", "/grpc.health.v1.Health/", "/grpc.reflection.v1alpha.ServerReflection/"}) {
    services_.push_back(service);
  }
}

absl::StatusOr<Caller> CallRules::Admit(absl::string_view method,
                                        const HttpHeaders& headers) const {
  if (!Serves(method)) return absl::UnimplementedError("the gateway serves no such method");
  auto metadata = ForwardedMetadata(headers);
  if (!metadata.ok()) return metadata.status();
  auto caller = identity_.Identify(method.substr(1), headers);
  if (!caller.ok()) return caller.status();
  caller->metadata.insert(caller->metadata.end(), metadata->begin(), metadata->end());
  return caller;
}

bool CallRules::Serves(absl::string_view method) const {
  return std::any_of(services_.begin(), services_.end(),
                     [&](const std::string& service) { return absl::StartsWith(method, service); });
}

}  // namespace usersync::gateway
