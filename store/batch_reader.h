// Reads what a batch decides on: first the lock of the feed, then everything else, because a
// statement that locks and reads at once sees the new head with the old ledger.
#pragma once

#include <string>
#include <vector>

#include "store/batch.h"
#include "store/session.h"

namespace usersync::store {

class BatchReader {
 public:
  // Declares the statements. Call once for each new session.
  static absl::Status Prepare(Session& session);

  // Draws unused values of users.id until `state` holds at least `count`. Outside of the
  // transaction: it does not need the lock.
  static absl::Status DrawObjectIds(Session& session, size_t count, BatchState& state);

  // Begins the transaction, takes the lock, and reads head, log, time and positions. What `state`
  // knew of users is dropped if another store has committed since. `transaction_id` names the
  // transaction for txid_status.
  static absl::Status Begin(Session& session, BatchState& state, std::string* transaction_id);

  // Reads the ledger, the users and the addresses that the requests touch and `state` does not
  // hold yet. Errors leave `state` in pieces: drop it.
  static absl::Status Load(Session& session, const std::vector<const Request*>& requests,
                           BatchState& state);

  // Reads positions alone, without a lock.
  static absl::StatusOr<Position> ReadPosition(Session& session, const std::string& source);
};

}  // namespace usersync::store
