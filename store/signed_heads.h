// The heads that were signed for a log, read from their file and checked by the public key: what
// outsiders know of the history, whatever the database says now.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/log_head.h"

namespace usersync::store {

struct SignedHeads {
  // Those of this log whose signature is good.
  std::vector<LogHead> heads;
  // How many are of other logs: of this database before it was restored, for one.
  int64_t foreign = 0;
  // What is wrong with the others, or with the key: lines.
  std::vector<std::string> flaws;
};

// `epoch` is the database's id as text. Neither file there means that the log is not signed.
absl::StatusOr<SignedHeads> ReadSignedHeads(const std::string& heads_path,
                                            const std::string& vkey_path, const std::string& epoch);

}  // namespace usersync::store
