#include "tests/harness/temp_dir.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "tests/harness/must.h"
#include "tests/harness/process.h"

namespace usersync::tests {

TempDir::TempDir() {
  const char* const parent = std::getenv("TMPDIR");
  path_ =
      absl::StrCat(parent == nullptr || *parent == '\0' ? "/tmp" : parent, "/usersync-test-XXXXXX");
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary directory");
  chmod(path_.c_str(), 0711);
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void CopyDirectory(const std::string& from, const std::string& to) {
  std::filesystem::remove_all(to);
  // cp keeps owners, and shares the blocks where the file system can.
  Must(RunToEnd({.name = "cp", .argv = {"cp", "-a", "--reflink=auto", from, to}}));
}

}  // namespace usersync::tests
