// A file of an archive while it is written: JSON Lines. It stands at its place only once it is
// whole and on disk; until then, and after a crash, beside it with the ending ".partial".
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "store/digest.h"

namespace usersync::store {

class ArchiveFile {
 public:
  // Begins a file that only its owner can read; one that was left unfinished goes.
  static absl::StatusOr<std::unique_ptr<ArchiveFile>> Create(std::string path);
  ~ArchiveFile();

  absl::Status AddLine(absl::string_view line);

  // Puts it at its place, over what is there. To be called once. Returns the SHA-256 of it all.
  absl::StatusOr<std::string> Finish();

 private:
  ArchiveFile(std::string path, int file) : path_(std::move(path)), file_(file) {}
  absl::Status Flush();

  const std::string path_;
  const int file_;
  std::string buffer_;
  Sha256Stream digest_;
};

// The SHA-256 of a file. NOT_FOUND if there is none.
absl::StatusOr<std::string> DigestOfFile(const std::string& path);

}  // namespace usersync::store
