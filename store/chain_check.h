// Follows the versions of users, in order of sequence: 1..n for each user, each naming the hash
// of the one before. Takes the users of a slice of ids at a time, so that its memory is bounded.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "store/version_record.h"

namespace usersync::store {

class ChainCheck {
 public:
  // The last version of a user so far.
  struct Last {
    int64_t sequence = 0;
    int32_t version = 0;
    std::string hash;
  };

  // The users whose numbers are first to last.
  ChainCheck(int64_t first, int64_t last) : first_(first), last_(last) {}

  // Lets a user's chain begin after this version instead of with version 1.
  void Begin(int64_t object_id, Last last) { users_[object_id] = std::move(last); }

  // Returns what is wrong, "" if nothing is. Versions of other users are no concern.
  std::string Add(const VersionRecord& record);

  // Takes the last version of a user out; sequence 0 if there is none.
  Last Take(int64_t object_id);

  // Those that nobody took.
  const absl::flat_hash_map<int64_t, Last>& rest() const { return users_; }

  int64_t first() const { return first_; }
  int64_t last() const { return last_; }

 private:
  const int64_t first_;
  const int64_t last_;
  absl::flat_hash_map<int64_t, Last> users_;
};

}  // namespace usersync::store
