// What the store has written, as rows. Checkers judge it without a database.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/harness/database.h"

namespace usersync::tests {

// A row of `version`. Byte strings are raw.
struct VersionRow {
  int64_t seq = 0;
  int64_t object_id = 0;
  int version = 0;
  // These six are absent once erased.
  std::optional<nlohmann::json> document;
  std::optional<std::string> actor;
  std::optional<std::string> mutation_id;
  std::optional<std::string> reason;
  std::optional<nlohmann::json> audit;
  std::optional<std::string> body_salt;
  std::optional<std::string> actor_salt;
  std::string object_type;
  std::string action;
  std::string auth;
  int format = 0;
  // Microseconds since 1970.
  int64_t committed_at = 0;
  std::vector<std::string> changed_fields;
  std::string body_hash;
  std::string actor_hash;
  std::string prev_hash;
  std::string hash;

  // Whether a plain document is what it answers: only ids that the bridge derives have a colon.
  bool is_plain() const { return mutation_id && mutation_id->find(':') != std::string::npos; }
};

// A row of `users`.
struct UserRow {
  int64_t object_id = 0;
  std::string doc_id;
  std::string email;
  std::string status;
  std::optional<std::string> role;
  nlohmann::json document;
  int version = 0;
  bool deleted = false;
  int64_t seq = 0;
  std::string hash;
  // Whether created_at and updated_at are the moments that the document's strings name.
  bool times_agree = true;
};

struct History {
  std::string epoch;
  int64_t head = 0;
  int64_t last_at = 0;
  // In order of their sequence.
  std::vector<VersionRow> versions;
  std::vector<UserRow> users;
  // Address with ASCII letters folded → object_id, as the store remembers it.
  std::map<std::string, int64_t> addresses;

  // nullptr if there is none.
  const VersionRow* Find(int64_t seq) const;
  // Whether the versions between two sequences are there and all erased: then nobody misses what
  // was told of them.
  bool OnlyErasedBetween(int64_t before, int64_t after) const;
  const UserRow* FindUser(const std::string& doc_id) const;
  // The version of the same user before this one, or nullptr.
  const VersionRow* Before(const VersionRow& row) const;
};

// Reads everything in one snapshot.
absl::StatusOr<History> ReadHistory(Database& database);

}  // namespace usersync::tests
