#include "tests/traffic/documents.h"

#include "absl/strings/str_format.h"

namespace usersync::tests {

using nlohmann::json;

json MakeDocument(const std::string& id, const std::string& status) {
  return {{"id", id},         {"email", id + "@example.com"}, {"status", status},
          {"role", "user"},   {"created_at", MomentText(0)},  {"updated_at", MomentText(0)},
          {"_deleted", false}};
}

std::string MomentText(int64_t tick) {
  constexpr int64_t kSecond = 1000000;
  const int64_t seconds = tick / kSecond;
  return absl::StrFormat("2024-01-%02dT%02d:%02d:%02d.%06dZ", 1 + seconds / 86400,
                         seconds / 3600 % 24, seconds / 60 % 60, seconds % 60, tick % kSecond);
}

json DocumentOf(const users::v1::User& user) {
  json document = {{"id", user.id()},
                   {"email", user.email()},
                   {"status", user.status()},
                   {"created_at", user.created_at()},
                   {"updated_at", user.updated_at()},
                   {"_deleted", user.deleted()}};
  if (user.has_role()) document["role"] = user.role();
  return document;
}

users::v1::User UserFrom(const json& document) {
  users::v1::User user;
  user.set_id(document["id"]);
  user.set_email(document["email"]);
  user.set_status(document["status"]);
  if (document.contains("role")) user.set_role(document["role"]);
  user.set_created_at(document["created_at"]);
  user.set_updated_at(document["updated_at"]);
  user.set_deleted(document.value("_deleted", false));
  return user;
}

}  // namespace usersync::tests
