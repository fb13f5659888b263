#include "store/chain_check.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "store/digest.h"

namespace usersync::store {

std::string ChainCheck::Add(const VersionRecord& record) {
  if (record.object_id < first_ || record.object_id > last_) return "";
  Last& last = users_[record.object_id];
  const int32_t expected = last.version + 1;
  const bool follows =
      record.previous_hash == (last.sequence == 0 ? std::string(kDigestBytes, '\0') : last.hash);
  last = {record.sequence, record.version, record.hash};
  if (record.version != expected) {
    return absl::StrCat("version ", record.version, " stands where ", expected, " should");
  }
  if (!follows) return "does not continue the user's version before (prev_hash)";
  return "";
}

ChainCheck::Last ChainCheck::Take(int64_t object_id) {
  const auto found = users_.find(object_id);
  if (found == users_.end()) return {};
  Last last = std::move(found->second);
  users_.erase(found);
  return last;
}

}  // namespace usersync::store
