// Names for what nobody named.
#pragma once

#include <string>

namespace usersync::store {

// A random UUID (version 4) as text.
std::string RandomUuid();

}  // namespace usersync::store
