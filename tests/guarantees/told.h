// Compares what somebody was told of a change with the version in the store.
#pragma once

#include <string>

#include "tests/guarantees/evidence.h"

namespace usersync::tests {

// What differs, for people; "" if nothing does.
std::string Difference(const Told& told, const History& history);

}  // namespace usersync::tests
