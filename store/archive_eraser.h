// Erases in the files of the archive what was erased in the database since: the content of users
// who were erased. A crash leaves each file whole, before or after; a second run goes on.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "store/session.h"

namespace usersync::store {

class ArchiveEraser {
 public:
  // `session` is the owner's and must outlive this. The files are in `directory`.
  ArchiveEraser(Session& session, std::string directory)
      : session_(session), directory_(std::move(directory)) {}

  // How many users were erased, in all.
  absl::StatusOr<size_t> Begin();

  struct File {
    std::string name;
    std::string digest;
  };
  // All files, oldest first.
  absl::StatusOr<std::vector<File>> ReadFiles();

  // Erases in one file; returns how many versions lost their content. Only counts if `dry_run`.
  // NOT_FOUND if it is not there; DATA_LOSS if it is not the one that was archived.
  absl::StatusOr<int64_t> Erase(const File& file, bool dry_run);

 private:
  absl::Status FinishEarlierRun(const File& file);
  bool MustGo(absl::string_view line) const;

  Session& session_;
  const std::string directory_;
  absl::flat_hash_set<std::string> erased_;
};

}  // namespace usersync::store
