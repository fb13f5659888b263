#include "store/erasure_list.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "store/identifiers.h"

namespace usersync::store {
namespace {

constexpr size_t kReadBytes = 1 << 16;

absl::Status Failed(const std::string& path, const char* what) {
  return absl::InternalError(absl::StrCat(path, ": ", what, ": ", std::strerror(errno)));
}

absl::StatusOr<std::string> ReadAll(int file, const std::string& path) {
  std::string text;
  std::string buffer(kReadBytes, '\0');
  while (true) {
    const ssize_t count = pread(file, buffer.data(), buffer.size(), text.size());
    if (count < 0) return Failed(path, "cannot be read");
    if (count == 0) return text;
    text.append(buffer, 0, count);
  }
}

// What comes before the end of the last complete line.
absl::string_view Complete(absl::string_view text) {
  const size_t end = text.rfind('\n');
  return end == absl::string_view::npos ? "" : text.substr(0, end + 1);
}

absl::StatusOr<std::vector<std::string>> UsersIn(absl::string_view lines, const std::string& path) {
  std::vector<std::string> users;
  absl::flat_hash_set<absl::string_view> seen;
  for (absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
    const absl::string_view id = line.substr(0, line.find(' '));
    if (!IsUserId(id)) return absl::DataLossError(absl::StrCat(path, " is no list of erasures"));
    if (seen.insert(id).second) users.emplace_back(id);
  }
  return users;
}

// A file is only safe once its directory is.
absl::Status SyncDirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const int directory = open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY);
  if (directory < 0) return Failed(path, "its directory cannot be opened");
  const absl::Cleanup close_directory = [directory] { close(directory); };
  return fsync(directory) == 0 ? absl::OkStatus() : Failed(path, "cannot be brought to disk");
}

absl::Status Append(int file, const std::string& path, size_t offset, const std::string& lines) {
  // What follows the last complete line was never answered.
  if (ftruncate(file, static_cast<off_t>(offset)) != 0) return Failed(path, "cannot be cut");
  if (pwrite(file, lines.data(), lines.size(), static_cast<off_t>(offset)) !=
      static_cast<ssize_t>(lines.size())) {
    return Failed(path, "cannot be written");
  }
  if (fsync(file) != 0) return Failed(path, "cannot be brought to disk");
  return offset == 0 ? SyncDirectoryOf(path) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ErasureList::Read() const {
  const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return std::vector<std::string>{};
  if (file < 0) return Failed(path_, "cannot be opened");
  const absl::Cleanup close_file = [file] { close(file); };
  const auto text = ReadAll(file, path_);
  if (!text.ok()) return text.status();
  return UsersIn(Complete(*text), path_);
}

absl::Status ErasureList::Add(const std::vector<Erasure>& erasures) const {
  if (erasures.empty()) return absl::OkStatus();
  const int file = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return Failed(path_, "cannot be opened");
  // Closing it lets the others in.
  const absl::Cleanup close_file = [file] { close(file); };
  if (flock(file, LOCK_EX) != 0) return Failed(path_, "cannot be locked");
  const auto text = ReadAll(file, path_);
  if (!text.ok()) return text.status();
  const absl::string_view complete = Complete(*text);
  const auto users = UsersIn(complete, path_);
  if (!users.ok()) return users.status();
  absl::flat_hash_set<std::string> known(users->begin(), users->end());
  std::string lines;
  for (const Erasure& erasure : erasures) {
    if (!known.insert(erasure.user_id).second) continue;
    absl::StrAppend(&lines, erasure.user_id, " ", erasure.sequence, " ", erasure.time, "\n");
  }
  return lines.empty() ? absl::OkStatus() : Append(file, path_, complete.size(), lines);
}

}  // namespace usersync::store
