#include "gateway/jwt_keys.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/log.h"

namespace usersync::gateway {
namespace {

constexpr size_t kMostBytes = 1 << 20;

}  // namespace

bool JwtKeys::Stamp::operator==(const Stamp& other) const {
  return changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec &&
         file == other.file && size == other.size;
}

JwtKeys::Stamp JwtKeys::StampOf(const struct stat& status) {
  return {.changed = status.st_mtim, .file = status.st_ino, .size = status.st_size};
}

absl::StatusOr<std::unique_ptr<JwtKeys>> JwtKeys::Load(std::string path, Parse parse) {
  std::unique_ptr<JwtKeys> keys(new JwtKeys(std::move(path), std::move(parse)));
  MutexLock lock(keys->mutex_);
  if (auto status = keys->Read(); !status.ok()) return status;
  return keys;
}

std::optional<JwtKey> JwtKeys::Find(absl::string_view id) {
  MutexLock lock(mutex_);
  ReadIfChanged();
  const auto found = keys_.find(id);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

void JwtKeys::ReadIfChanged() {
  struct stat status;
  // While it is replaced there may be none.
  if (stat(path_.c_str(), &status) != 0 || StampOf(status) == stamp_) return;
  if (const auto read = Read(); read.ok()) {
    spdlog::info("{} was read again: {} keys", path_, keys_.size());
  } else {
    spdlog::error("the keys before stay: {}", std::string(read.message()));
  }
}

absl::Status JwtKeys::Read() {
  const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read ", path_, ": ", std::strerror(errno)));
  }
  const absl::Cleanup close_it = [file] { close(file); };
  struct stat status = {};
  fstat(file, &status);
  // Before its content, so that a change in between is seen the next time.
  stamp_ = StampOf(status);
  std::string text(kMostBytes, '\0');
  size_t size = 0;
  ssize_t got = 0;
  while ((got = read(file, text.data() + size, text.size() - size)) > 0) size += got;
  text.resize(size);
  auto keys = parse_(text);
  if (!keys.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path_, ": ", keys.status().message()));
  }
  keys_ = *std::move(keys);
  return absl::OkStatus();
}

}  // namespace usersync::gateway
