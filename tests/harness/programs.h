// Where the programs under test are: USERSYNC_BIN_DIR, else beside this build's own.
#pragma once

#include <string>

namespace usersync::tests {

std::string ProgramPath(const std::string& name);

}  // namespace usersync::tests
