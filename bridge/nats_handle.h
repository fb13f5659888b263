// Owners of what nats.c gives out, and its errors as Status.
#pragma once

#include <nats/nats.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace usersync::bridge {

struct NatsDeleter {
  void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
  void operator()(natsConnection* connection) const { natsConnection_Destroy(connection); }
  void operator()(natsSubscription* subscription) const { natsSubscription_Destroy(subscription); }
  void operator()(natsMsg* message) const { natsMsg_Destroy(message); }
  void operator()(jsCtx* context) const { jsCtx_Destroy(context); }
  void operator()(jsStreamInfo* info) const { jsStreamInfo_Destroy(info); }
};

template <typename Handle>
using NatsHandle = std::unique_ptr<Handle, NatsDeleter>;

using MessageHandle = NatsHandle<natsMsg>;
using StreamInfoHandle = NatsHandle<jsStreamInfo>;

// NOT_FOUND for what is not there, INVALID_ARGUMENT for what is too large, UNAVAILABLE for what
// may pass, else INTERNAL. `what` says what was tried.
inline absl::Status FromNats(natsStatus status, absl::string_view what, int js_error = 0) {
  if (status == NATS_OK) return absl::OkStatus();
  const std::string text = absl::StrCat(what, ": ", natsStatus_GetText(status),
                                        js_error == 0 ? "" : absl::StrCat(" (", js_error, ")"));
  switch (status) {
    case NATS_NOT_FOUND:
      return absl::NotFoundError(text);
    case NATS_TIMEOUT:
      return absl::DeadlineExceededError(text);
    case NATS_NOT_PERMITTED:
    case NATS_CONNECTION_AUTH_FAILED:
      return absl::PermissionDeniedError(text);
    case NATS_MAX_PAYLOAD:
      return absl::InvalidArgumentError(text);
    case NATS_ERR:
    case NATS_INVALID_ARG:
      return absl::InternalError(text);
    default:
      return absl::UnavailableError(text);
  }
}

}  // namespace usersync::bridge
