// Writes what a batch decided, set-wise: a handful of statements whatever the size.
#pragma once

#include <vector>

#include "store/batch.h"
#include "store/session.h"

namespace usersync::store {

class BatchWriter {
 public:
  // Declares the statements. Call once for each new session.
  static absl::Status Prepare(Session& session);

  // Writes versions, users, addresses, answers and refusals of the effects, in order of their
  // decision, and gives every refused one its number. INVALID_ARGUMENT if the database refuses
  // one of them: nothing is known of which. The transaction must be open.
  static absl::Status Write(Session& session, const std::vector<const Request*>& requests,
                            const std::vector<Effect*>& effects, int64_t committed_at);

  // Writes the new positions, and the head if there are new versions; that wakes other stores.
  static absl::Status WriteHead(Session& session, const std::vector<Move>& moves, int64_t head,
                                int64_t committed_at, bool has_versions);
};

}  // namespace usersync::store
