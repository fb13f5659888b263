// Brings the tree up to the versions that were written without it: an older schema's, a seed's,
// or a bulk load's. Bounded memory, whatever is missing.
#pragma once

#include "store/session.h"

namespace usersync::store {

class LogBuilder {
 public:
  // In transactions of its own, so that writers wait for one step at most. FAILED_PRECONDITION
  // if the tree is larger than the history; DATA_LOSS if a version is missing.
  static absl::Status CatchUp(Session& session);

  // One step, in the transaction that is open. Returns whether more is missing.
  static absl::StatusOr<bool> Step(Session& session);
};

}  // namespace usersync::store
