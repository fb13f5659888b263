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
};

// Archives what may be archived, with progress on stderr and a report on stdout.
absl::Status Archive(const ArchiveOptions& options);

}  // namespace usersync::store
