// usersync-store verify and export.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace usersync::store {

struct VerifyOptions {
  std::string database_url;
  std::string heads_path;
  // The public key.
  std::string vkey_path;
};

// Verifies the whole database, with progress on stderr and a report on stdout. Returns the exit
// status: 0 if it is sound, 1 if it is not, 2 if it could not be verified.
int Verify(const VerifyOptions& options);

// Prints the versions FIRST to LAST, by default all that are not archived, as JSON Lines.
// INVALID_ARGUMENT if `range` is not one or two sequences; OUT_OF_RANGE, naming the files, if a
// version is archived.
absl::Status Export(const std::string& database_url, const std::vector<std::string>& range);

}  // namespace usersync::store
