// The file that remembers who was erased, outside the database: a backup that is older than an
// erasure would bring the person back. A line an erasure: "<user id> <sequence> <time>", only ever
// appended, for its owner alone. Several stores may share one. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace usersync::store {

struct Erasure {
  std::string user_id;
  int64_t sequence = 0;
  // When it was committed, as RFC 3339.
  std::string time;
};

class ErasureList {
 public:
  explicit ErasureList(std::string path) : path_(std::move(path)) {}

  // Whom it names, each once. Nobody if there is no file yet.
  absl::StatusOr<std::vector<std::string>> Read() const;

  // Appends the erasures of those whom it does not name yet; they are on disk when this returns.
  // A line that was being written when the machine died is cut off first.
  absl::Status Add(const std::vector<Erasure>& erasures) const;

 private:
  const std::string path_;
};

}  // namespace usersync::store
