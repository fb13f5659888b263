// Erases users, for EraseUser and for whom a restored database brought back, and keeps the list of
// erasures. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "store/change_feed.h"
#include "store/erasure_list.h"
#include "store/sequencer.h"
#include "store/session_pool.h"
#include "users/v1/admin_service.pb.h"

namespace usersync::store {

class ErasureKeeper {
 public:
  // All must outlive this.
  ErasureKeeper(std::string list_path, Sequencer& sequencer, const ChangeFeed& feed,
                SessionPool& pool)
      : list_(std::move(list_path)), sequencer_(sequencer), feed_(feed), pool_(pool) {}

  using Done = std::function<void(absl::StatusOr<users::v1::EraseUserResponse>)>;
  // Calls `done` once: when the erasure is committed and stands in the list. NOT_FOUND,
  // USER_NOT_FOUND, if nobody has the id; INTERNAL if only the list could not be written: asking
  // again tries that again. `cancelled` says whether nobody waits any more.
  void Erase(const Principal& author, const users::v1::EraseUserRequest& request,
             std::function<bool()> cancelled, Done done);

  // What Erase would do.
  static absl::StatusOr<users::v1::EraseUserResponse> Count(
      Session& session, const users::v1::EraseUserRequest& request);

  // Erases whom the list names and the database does not hold erased, also those whom it does not
  // know at all: their browsers would bring them back. Then adds to the list whom it misses. Call
  // before anybody is served, and then now and again: it does something after the feed has heard of
  // an erasure or begun again. Blocks.
  absl::Status Keep();

 private:
  absl::Status Restore();
  absl::Status Note();
  absl::Status EraseAgain(const std::vector<std::string>& known,
                          const std::vector<std::string>& unknown);

  const ErasureList list_;
  Sequencer& sequencer_;
  const ChangeFeed& feed_;
  SessionPool& pool_;

  Mutex mutex_;
  // What Keep has taken care of.
  int64_t generation_ GUARDED_BY(mutex_) = 0;
  int64_t erasures_ GUARDED_BY(mutex_) = -1;
};

}  // namespace usersync::store
