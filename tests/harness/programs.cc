#include "tests/harness/programs.h"

#include <cstdlib>

namespace usersync::tests {

std::string ProgramPath(const std::string& name) {
  const char* const named = std::getenv("USERSYNC_BIN_DIR");
  return std::string(named != nullptr ? named : USERSYNC_BUILD_BIN_DIR) + "/" + name;
}

}  // namespace usersync::tests
