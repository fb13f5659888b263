// usersync-store archive.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "store/archive_plan.h"

namespace usersync::store {

struct ArchiveOptions {
  std::string owner_url;
  std::string directory;
  ArchiveWish wish;
  bool dry_run = false;
  // Not to archive, but to erase in the files.
  bool apply_erasures = false;
};

// Archives what may be archived, with progress on stderr and a report on stdout.
absl::Status Archive(const ArchiveOptions& options);

// Erases in the files what was erased in the database, with a report on stdout. NOT_FOUND, having
// done all others, if a file is not in the directory.
absl::Status ApplyErasures(const ArchiveOptions& options);

}  // namespace usersync::store
