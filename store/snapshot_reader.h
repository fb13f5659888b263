// Reads the current users up to a sequence, page by page, in order of `sequence`, each page in a
// statement of its own. A user that changes before its page is read has moved beyond that
// sequence: it is left to the changes that follow. So the snapshot and all changes after its end
// are everything, and a page and all changes after its last user are, too.
#pragma once

#include <string>
#include <vector>

#include "store/session.h"
#include "users/v1/change_feed_service.pb.h"

namespace usersync::store {

// Not thread-safe.
class SnapshotReader {
 public:
  struct Page {
    users::v1::SnapshotPage users;
    // Of the last user; empty if there are no more users.
    std::string checkpoint;
  };

  // Reads users whose sequence is at most `end`; only those with these ids, if there are any.
  // `epoch` is the feed's.
  SnapshotReader(std::string epoch, int64_t end, std::vector<std::string> user_ids)
      : epoch_(std::move(epoch)), end_(end), user_ids_(std::move(user_ids)) {}

  // The next living users. An error leaves the reader where it is. Blocks.
  absl::StatusOr<Page> Next(Session& session);

  // How many users were read.
  int64_t user_count() const { return user_count_; }

 private:
  const std::string epoch_;
  const int64_t end_;
  const std::vector<std::string> user_ids_;
  int64_t after_ = 0;
  int64_t user_count_ = 0;
};

}  // namespace usersync::store
