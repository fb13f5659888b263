// Says who a caller is: what the store is told in the metadata usersync-*. Every door of the
// gateway asks it. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/quota.h"
#include "gateway/jwt_verifier.h"
#include "gateway/metadata.h"

namespace usersync::gateway {

struct Caller {
  // "" where nobody needs to know: health.
  std::string actor;
  // What the store is told, beside what is forwarded.
  Metadata metadata;
  // The name of the request, in logs and answers.
  std::string request_id;
  // Counts the call among its actor's: whoever serves it keeps this until its end.
  std::shared_ptr<const Quota::Slot> slot;
  // When this is true no longer. A call that still runs then ends with UNAUTHENTICATED.
  absl::Time expires = absl::InfiniteFuture();
};

class Identity {
 public:
  // `token` is what the store knows the gateway by; empty if it knows it by its certificate.
  // Without a verifier there is no authentication.
  explicit Identity(std::string token, std::unique_ptr<const JwtVerifier> verifier = nullptr)
      : token_(std::move(token)), verifier_(std::move(verifier)) {}

  // Who calls `method`, such as "users.v1.UserService/GetUser". `headers` is all that the client
  // sent; native gRPC's metadata, too. Health is for everybody.
  // With authentication: the actor and roles of the token in Authorization, else UNAUTHENTICATED;
  // X-User-ID is INVALID_ARGUMENT.
  // Without: the actor is X-User-ID, else frontend-client; a writer. Names that stand for parts of
  // the system, and ill-formed ones, are INVALID_ARGUMENT.
  absl::StatusOr<Caller> Identify(absl::string_view method, const HttpHeaders& headers) const;

 private:
  absl::StatusOr<Caller> Authenticate(const HttpHeaders& headers) const;
  Metadata ToStore(const std::string& actor, const std::string& roles,
                   const std::string& auth) const;

  const std::string token_;
  const std::unique_ptr<const JwtVerifier> verifier_;
};

// UNAUTHENTICATED: how a call ends whose caller's identity ran out.
absl::Status IdentityExpired();

}  // namespace usersync::gateway
