// A file of its own, gone with the test.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace usersync::gateway {

class TempFile {
 public:
  explicit TempFile(const std::string& text) {
    char folder[] = "/tmp/gateway-test-XXXXXX";
    folder_ = mkdtemp(folder);
    Write(text);
  }
  ~TempFile() { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/file"; }

  // In one step, as a careful writer does.
  void Write(const std::string& text) {
    std::ofstream(folder_ + "/new", std::ios::binary) << text;
    std::filesystem::rename(folder_ + "/new", path());
  }

  void Remove() { std::filesystem::remove(path()); }

 private:
  std::string folder_;
};

}  // namespace usersync::gateway
