// The REST interface as an OpenAPI 3 document, made from its table and the descriptors.
#pragma once

#include <string>

namespace usersync::gateway {

// Made once.
const std::string& OpenApi();

}  // namespace usersync::gateway
