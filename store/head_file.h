// The file of signed heads: notes, each followed by an empty line, only ever appended. It lies
// outside the database, so that a rewritten or cut database is told by it. Several stores may
// share one. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace usersync::store {

class HeadFile {
 public:
  using OnNote = std::function<void(absl::string_view note)>;

  explicit HeadFile(std::string path) : path_(std::move(path)) {}

  // Shows `see` every note that it has not seen yet, then appends what `make` returns ("" for
  // nothing), on disk when this returns; all while no other store does the same. A note that was
  // being written when the machine died is cut off first. Errors of `make` are returned.
  absl::Status Extend(const OnNote& see, const std::function<absl::StatusOr<std::string>()>& make);

  // Shows `see` every note of a file. NOT_FOUND if there is no file.
  static absl::Status Read(const std::string& path, const OnNote& see);

 private:
  const std::string path_;
  // Up to where the notes have been seen.
  int64_t seen_ = 0;
};

}  // namespace usersync::store
