// The keys of tokens as a file has them, read again when it changes. Thread-safe.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "gateway/jwt_key_set.h"

namespace usersync::gateway {

class JwtKeys {
 public:
  using Parse = std::function<absl::StatusOr<JwtKeySet>(absl::string_view text)>;

  // INVALID_ARGUMENT names the file and what is wrong with it.
  static absl::StatusOr<std::unique_ptr<JwtKeys>> Load(std::string path, Parse parse);

  // The key of this id, if there is one. A file that has become unreadable or wrong is logged, and
  // the keys before stay: whoever writes it may not be done.
  std::optional<JwtKey> Find(absl::string_view id);

 private:
  // What tells two states of a file apart.
  struct Stamp {
    timespec changed = {};
    ino_t file = 0;
    off_t size = 0;
    bool operator==(const Stamp& other) const;
  };

  JwtKeys(std::string path, Parse parse) : path_(std::move(path)), parse_(std::move(parse)) {}

  static Stamp StampOf(const struct stat& status);
  void ReadIfChanged() REQUIRES(mutex_);
  absl::Status Read() REQUIRES(mutex_);

  const std::string path_;
  const Parse parse_;
  Mutex mutex_;
  Stamp stamp_ GUARDED_BY(mutex_);
  JwtKeySet keys_ GUARDED_BY(mutex_);
};

}  // namespace usersync::gateway
