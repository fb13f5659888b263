// Makes a refused mutation a request once more.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "store/request.h"
#include "users/v1/admin_service.pb.h"

namespace usersync::store {

// The same document, asked for by its author without any belief, whatever the author's role was
// then: `administrator` vouches for it, and the reason says so. Whoever asks, and however often, it
// is one mutation, refused:<number>:<time>, an id that no client can choose.
// FAILED_PRECONDITION, REFUSED_UNDECODABLE, if nobody knows what was asked for.
absl::StatusOr<Request> RequestToApply(const users::v1::RefusedMutation& refused,
                                       const std::string& administrator);

}  // namespace usersync::store
