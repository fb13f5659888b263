// The hashes of a version, made from audit.md alone and without a line of the store's code, so
// that an error there cannot hide here.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace usersync::tests {

// RFC 8785 for what the log holds: objects with ASCII keys, arrays, strings, booleans and null.
std::string CanonicalJson(const nlohmann::json& value);

std::string Sha256(const std::string& bytes);
std::string HmacSha256(const std::string& key, const std::string& bytes);

}  // namespace usersync::tests
