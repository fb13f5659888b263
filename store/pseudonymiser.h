// Takes the name of an actor out of all that the store keeps: versions, answers, what was refused.
// What the actor did stays, and so do all hashes.
#pragma once

#include "absl/functional/function_ref.h"
#include "store/session.h"
#include "users/v1/admin_service.pb.h"

namespace usersync::store {

// Up to the newest version at the beginning, in steps that are transactions of their own, so that
// nobody waits for long, however long the history is; the log tells of the progress. What was done
// when it is stopped stays done: it can be asked for again. `may_go_on` is asked before each step:
// CANCELLED if not. INVALID_ARGUMENT names the field and its rule: an actor who is no person keeps
// its name.
absl::StatusOr<users::v1::PseudonymiseActorResponse> Pseudonymise(
    Session& session, const users::v1::PseudonymiseActorRequest& request,
    absl::FunctionRef<bool()> may_go_on);

}  // namespace usersync::store
