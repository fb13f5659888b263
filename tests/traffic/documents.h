// Makes and reads user documents as clients do: JSON with exactly the fields of the schema.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "users/v1/user.pb.h"

namespace usersync::tests {

// A living user with an address of its own.
nlohmann::json MakeDocument(const std::string& id, const std::string& status = "active");

// A moment `tick` microseconds into 2024, always in the same form: text order is time order.
std::string MomentText(int64_t tick);

// The document of a user as JSON, without a line of the bridge's codec.
nlohmann::json DocumentOf(const users::v1::User& user);

// The opposite.
users::v1::User UserFrom(const nlohmann::json& document);

}  // namespace usersync::tests
