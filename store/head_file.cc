#include "store/head_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/log.h"

namespace usersync::store {
namespace {

constexpr char kSignatureMark[] = "\n\n\xe2\x80\x94 ";
constexpr size_t kReadBytes = 1 << 16;
// Longer than any note: what holds none in so many bytes is another file.
constexpr size_t kMostNoteBytes = 4096;

absl::Status Failed(const std::string& path, const char* what) {
  return absl::InternalError(absl::StrCat(path, ": ", what, ": ", std::strerror(errno)));
}

// The first note of `text`, without the empty line that ends it; "" if it is not complete.
absl::string_view FirstNote(absl::string_view text) {
  const size_t signatures = text.find(kSignatureMark);
  if (signatures == absl::string_view::npos) return "";
  const size_t end = text.find("\n\n", signatures + 2);
  if (end == absl::string_view::npos) return "";
  return text.substr(0, end + 1);
}

// Shows the notes from `offset` on; returns where the last complete one ends.
absl::StatusOr<int64_t> ReadNotes(int file, const std::string& path, int64_t offset,
                                  const HeadFile::OnNote& see) {
  std::string text;
  std::string buffer(kReadBytes, '\0');
  for (int64_t end = offset;;) {
    const ssize_t count = pread(file, buffer.data(), buffer.size(), end);
    if (count < 0) return Failed(path, "cannot be read");
    end += count;
    text.append(buffer, 0, count);
    size_t seen = 0;
    for (auto note = FirstNote(text); !note.empty();
         note = FirstNote(absl::string_view(text).substr(seen))) {
      see(note);
      seen += note.size() + 1;
    }
    text.erase(0, seen);
    if (text.size() > kMostNoteBytes) {
      return absl::DataLossError(absl::StrCat(path, " is not a file of signed heads"));
    }
    if (count == 0) return end - static_cast<int64_t>(text.size());
  }
}

absl::Status Append(int file, const std::string& path, int64_t offset, const std::string& note) {
  const std::string bytes = note + "\n";
  if (pwrite(file, bytes.data(), bytes.size(), offset) != static_cast<ssize_t>(bytes.size())) {
    return Failed(path, "cannot be written");
  }
  if (fdatasync(file) != 0) return Failed(path, "cannot be brought to disk");
  return absl::OkStatus();
}

}  // namespace

absl::Status HeadFile::Extend(const OnNote& see,
                              const std::function<absl::StatusOr<std::string>()>& make) {
  const int file = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return Failed(path_, "cannot be opened");
  // Closing it lets the others in.
  const absl::Cleanup close_file = [file] { close(file); };
  struct stat status;
  if (flock(file, LOCK_EX) != 0 || fstat(file, &status) != 0) {
    return Failed(path_, "cannot be locked");
  }
  if (status.st_size < seen_) {
    return absl::DataLossError(absl::StrCat(path_, " was cut: signed heads are missing"));
  }
  const auto end = ReadNotes(file, path_, seen_, see);
  if (!end.ok()) return end.status();
  seen_ = *end;
  if (seen_ < status.st_size) {
    spdlog::warn("{}: cutting off a head that was not written to its end", path_);
    if (ftruncate(file, seen_) != 0) return Failed(path_, "cannot be cut");
  }
  const auto note = make();
  if (!note.ok()) return note.status();
  if (note->empty()) return absl::OkStatus();
  if (auto appended = Append(file, path_, seen_, *note); !appended.ok()) return appended;
  seen_ += static_cast<int64_t>(note->size()) + 1;
  return absl::OkStatus();
}

absl::Status HeadFile::Read(const std::string& path, const OnNote& see) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return absl::NotFoundError(absl::StrCat("there is no file ", path));
  const absl::Cleanup close_file = [file] { close(file); };
  return ReadNotes(file, path, 0, see).status();
}

}  // namespace usersync::store
