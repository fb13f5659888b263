// A directory below /tmp that goes with its owner. Others may pass through it, because
// PostgreSQL does so as its own user.
#pragma once

#include <string>

namespace usersync::tests {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Replaces `to` by a copy of the directory `from`, owners and modes included. Throws.
void CopyDirectory(const std::string& from, const std::string& to);

}  // namespace usersync::tests
