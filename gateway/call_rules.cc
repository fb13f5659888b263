#include "gateway/call_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "gateway/request_id.h"

namespace usersync::gateway {
namespace {

constexpr absl::Duration kRetryAfter = absl::Seconds(1);

absl::Status TooManyCalls(int most) {
  absl::Status status =
      Error(absl::StatusCode::kResourceExhausted, "RATE_LIMITED",
            absl::StrCat("an actor may have at most ", most, " calls open at once"));
  AddRetryDelay(status, kRetryAfter);
  return status;
}

}  // namespace

CallRules::CallRules(const Identity& identity, int calls_per_actor,
                     std::vector<std::string> more_services)
    : identity_(identity),
      calls_per_actor_(calls_per_actor),
      calls_(calls_per_actor),
      services_(std::move(more_services)) {
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
  // Health is nobody's call.
  if (!caller->actor.empty()) {
    caller->slot = calls_.Take(caller->actor);
    if (caller->slot == nullptr) return TooManyCalls(calls_per_actor_);
  }
  caller->request_id = std::string(headers.Get(kRequestId));
  caller->metadata.insert(caller->metadata.end(), metadata->begin(), metadata->end());
  return caller;
}

bool CallRules::Serves(absl::string_view method) const {
  return std::any_of(services_.begin(), services_.end(),
                     [&](const std::string& service) { return absl::StartsWith(method, service); });
}

}  // namespace usersync::gateway
