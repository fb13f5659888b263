#include "gateway/page_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace usersync::gateway {
namespace {

constexpr off_t kMostBytes = 32 << 20;
// Where Vite puts what it names by its content.
constexpr absl::string_view kImmutable = "/assets/";

struct Type {
  absl::string_view ending;
  const char* name;
};
constexpr Type kTypes[] = {{".html", "text/html; charset=utf-8"},
                           {".js", "text/javascript; charset=utf-8"},
                           {".mjs", "text/javascript; charset=utf-8"},
                           {".css", "text/css; charset=utf-8"},
                           {".txt", "text/plain; charset=utf-8"},
                           {".json", "application/json"},
                           {".map", "application/json"},
                           {".webmanifest", "application/manifest+json"},
                           {".wasm", "application/wasm"},
                           {".svg", "image/svg+xml"},
                           {".png", "image/png"},
                           {".ico", "image/x-icon"},
                           {".woff2", "font/woff2"}};

std::string TypeOf(absl::string_view path) {
  for (const Type& type : kTypes) {
    if (absl::EndsWithIgnoreCase(path, type.ending)) return type.name;
  }
  return "application/octet-stream";
}

// Whether every part is a plain name: no "..", nothing hidden, nothing encoded.
bool IsPlain(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, "/")) return false;
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  return std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
    return !part.empty() && part.front() != '.' &&
           std::all_of(part.begin(), part.end(), [](char c) {
             return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
           });
  });
}

}  // namespace

std::optional<PageFile> PageFiles::Find(absl::string_view path) const {
  if (folder_.empty()) return std::nullopt;
  if (path == "/") path = "/index.html";
  if (!IsPlain(path)) return std::nullopt;
  const int file = open(absl::StrCat(folder_, path).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return std::nullopt;
  const absl::Cleanup close_file = [file] { close(file); };
  struct stat about {};
  if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size > kMostBytes) {
    return std::nullopt;
  }
  PageFile found{.type = TypeOf(path), .is_immutable = absl::StartsWith(path, kImmutable)};
  found.content.resize(static_cast<size_t>(about.st_size));
  const ssize_t size = read(file, found.content.data(), found.content.size());
  if (size != about.st_size) return std::nullopt;
  found.etag = absl::StrCat("\"", absl::Hex(about.st_mtim.tv_sec), "-",
                            absl::Hex(about.st_mtim.tv_nsec), "-", absl::Hex(about.st_size), "\"");
  return found;
}

}  // namespace usersync::gateway
