// Chooses changes for a watcher. Immutable.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "store/feed_change.h"

namespace usersync::store {

class ChangeFilter {
 public:
  // Chooses all.
  ChangeFilter() = default;

  // INVALID_ARGUMENT: TOO_LARGE for more than 1,000 users or actors, FIELD_INVALID for what can be
  // no user or no action.
  static absl::StatusOr<ChangeFilter> From(const users::v1::ChangeFilter& filter);

  // Whether nothing is left out.
  bool ChoosesAll() const { return user_ids_.empty() && !ChoosesByWrite(); }

  // Whether it looks at the write, not only at the user: then the state of a user does not tell
  // whether its last change is chosen.
  bool ChoosesByWrite() const { return !actions_.empty() || !actors_.empty(); }

  bool Chooses(const users::v1::Version& version) const;

  // Those of a page that are chosen, in order.
  std::vector<ChangePointer> Choose(const std::vector<ChangePointer>& page) const;

  // The users to choose; empty for all.
  std::vector<std::string> UserIds() const { return {user_ids_.begin(), user_ids_.end()}; }

 private:
  absl::flat_hash_set<std::string> user_ids_;
  absl::flat_hash_set<int> actions_;
  absl::flat_hash_set<std::string> actors_;
};

}  // namespace usersync::store
