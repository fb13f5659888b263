// Moves the oldest partitions of the history into files. A crash at any point leaves either the
// partition in the database, or its file and what `archive` says of it; a second run goes on. Does
// not stop a store that serves. Not thread-safe.
#pragma once

#include <functional>
#include <string>

#include "store/archive_plan.h"
#include "store/session.h"

namespace usersync::store {

class Archiver {
 public:
  struct Options {
    // Where the files go. It must be there.
    std::string directory;
    ArchiveWish wish;
    // Hears how far a partition has been written.
    std::function<void(int64_t written, int64_t last)> on_progress;
  };

  // What is now in a file.
  struct Archived {
    int64_t last = 0;
    std::string path;
    std::string digest;
  };

  // `session` is the owner's, for this alone, and must outlive this.
  Archiver(Session& session, Options options);

  // Keeps other archivers out until the session ends. FAILED_PRECONDITION if one is at work.
  absl::Status Begin();

  // What there is to be done. Horizon of now and then.
  absl::StatusOr<ArchiveState> ReadState();
  ArchivePlan Plan(const ArchiveState& state) const { return PlanArchive(state, options_.wish); }

  // Archives the partition after `horizon`. DATA_LOSS, and the partition stays, if its versions
  // are not those of the log. UNAVAILABLE if readers never made way for it.
  absl::StatusOr<Archived> ArchiveAfter(int64_t horizon);

 private:
  struct Exported {
    Archived file;
    std::string root;
    // How many contents were erased already.
    int64_t erased = 0;
  };

  absl::StatusOr<Exported> Export(int64_t horizon);
  absl::Status Remember(int64_t horizon, const Exported& exported);
  absl::StatusOr<std::string> Drop(const Exported& exported);

  Session& session_;
  const Options options_;
  std::string epoch_;
};

}  // namespace usersync::store
