#include "store/archive_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace usersync::store {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

absl::Status Failed(const std::string& path, const char* what) {
  return absl::InternalError(absl::StrCat(path, ": ", what, ": ", std::strerror(errno)));
}

// A new name is on disk only once its directory is.
absl::Status SyncDirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return Failed(directory, "cannot be opened");
  const absl::Cleanup close_file = [file] { close(file); };
  if (fsync(file) != 0) return Failed(directory, "cannot be brought to disk");
  return absl::OkStatus();
}

}  // namespace

std::string PartialPath(const std::string& path) { return path + ".partial"; }

absl::StatusOr<std::unique_ptr<ArchiveFile>> ArchiveFile::Create(std::string path) {
  const std::string partial = PartialPath(path);
  if (unlink(partial.c_str()) != 0 && errno != ENOENT) return Failed(partial, "cannot be removed");
  const int file = open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Failed(partial, "cannot be made");
  return std::unique_ptr<ArchiveFile>(new ArchiveFile(std::move(path), file));
}

ArchiveFile::~ArchiveFile() { close(file_); }

absl::Status ArchiveFile::AddLine(absl::string_view line) {
  absl::StrAppend(&buffer_, line, "\n");
  return buffer_.size() < kBufferBytes ? absl::OkStatus() : Flush();
}

absl::Status ArchiveFile::Flush() {
  digest_.Add(buffer_);
  for (absl::string_view rest = buffer_; !rest.empty();) {
    const ssize_t count = write(file_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed(PartialPath(path_), "cannot be written");
    rest.remove_prefix(count);
  }
  buffer_.clear();
  return absl::OkStatus();
}

absl::StatusOr<std::string> ArchiveFile::Seal() {
  if (auto status = Flush(); !status.ok()) return status;
  if (fsync(file_) != 0) return Failed(PartialPath(path_), "cannot be brought to disk");
  if (auto status = SyncDirectoryOf(path_); !status.ok()) return status;
  return digest_.Digest();
}

absl::Status PutInPlace(const std::string& path) {
  const std::string partial = PartialPath(path);
  if (std::rename(partial.c_str(), path.c_str()) != 0) return Failed(partial, "cannot be renamed");
  return SyncDirectoryOf(path);
}

absl::StatusOr<std::string> DigestOfFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("there is no file ", path));
  Sha256Stream digest;
  std::string buffer(kBufferBytes, '\0');
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         file.gcount() > 0) {
    digest.Add(absl::string_view(buffer).substr(0, static_cast<size_t>(file.gcount())));
  }
  return file.bad() ? absl::StatusOr<std::string>(Failed(path, "cannot be read")) : digest.Digest();
}

}  // namespace usersync::store
