// A file of an archive while it is written: JSON Lines. It is put at its place only when it is
// whole and on disk; until then, and after a crash, it stands beside it, ending in ".partial".
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

  // Brings it to disk, still beside its place. To be called once. Returns the SHA-256 of it all.
  absl::StatusOr<std::string> Seal();

 private:
  ArchiveFile(std::string path, int file) : path_(std::move(path)), file_(file) {}
  absl::Status Flush();

  const std::string path_;
  const int file_;
  std::string buffer_;
  Sha256Stream digest_;
};

// Where a file stands until it is at its place.
std::string PartialPath(const std::string& path);

// Puts a sealed file at its place, over what is there.
absl::Status PutInPlace(const std::string& path);

// The SHA-256 of a file. NOT_FOUND if there is none.
absl::StatusOr<std::string> DigestOfFile(const std::string& path);

}  // namespace usersync::store
