// A committed change as the feed holds it: what every watcher is told of it, and beside it what
// only some ask for.
#pragma once

#include <memory>
#include <optional>

#include "users/v1/change_feed_service.pb.h"

namespace usersync::store {

struct FeedChange {
  // Without `before` and without a proof.
  users::v1::Change change;
  users::v1::Proof proof;
  // The user before it. Absent for a create, and if that content was erased.
  std::optional<users::v1::User> before;
  // Whether `before` was read: it costs a look at the version before.
  bool knows_before = false;

  const users::v1::Version& version() const { return change.version(); }
  int64_t sequence() const { return change.version().sequence(); }
  size_t ByteSize() const {
    return change.ByteSizeLong() + proof.ByteSizeLong() + (before ? before->ByteSizeLong() : 0);
  }
};

using ChangePointer = std::shared_ptr<const FeedChange>;

}  // namespace usersync::store
