// Where the programs under test are: USERSYNC_BIN_DIR, else beside this build's own.
#pragma once

#include <cstdlib>
#include <string>

namespace usersync::tests {

inline std::string ProgramPath(const std::string& name) {
  const char* const named = std::getenv("USERSYNC_BIN_DIR");
  return std::string(named != nullptr ? named : USERSYNC_BUILD_BIN_DIR) + "/" + name;
}

}  // namespace usersync::tests
