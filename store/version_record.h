// One row of `version` and how its hashes are made (format usersync.version.1, see
// store/README.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/decide.h"
#include "users/v1/version.pb.h"

namespace usersync::store {

// The only format there is; column version.format.
inline constexpr int kVersionFormat = 1;

struct VersionRecord {
  int64_t sequence = 0;
  int64_t object_id = 0;
  int32_t version = 0;
  users::v1::Action action = users::v1::ACTION_UNSPECIFIED;
  std::string actor;
  users::v1::Auth auth = users::v1::AUTH_NONE;
  std::string mutation_id;
  // Empty means none.
  std::string reason;
  // Document fields only; `id` is the user's.
  users::v1::User document;
  std::optional<Audit> audit;
  std::vector<std::string> changed_fields;
  // Microseconds since 1970.
  int64_t committed_at = 0;

  // 16 random bytes each.
  std::string body_salt;
  std::string actor_salt;
  // The hash of the user's version before; 32 zero bytes for version 1.
  std::string previous_hash;

  // Made by Seal: what version.json and version.audit hold (audit is "" for null), and the
  // digests, 32 bytes each.
  std::string document_json;
  std::string audit_json;
  std::string body_hash;
  std::string actor_hash;
  std::string hash;
};

// Fills in what is made from the rest.
void Seal(VersionRecord& record);

// The words of columns action and auth: "create", "nats".
const char* ActionName(users::v1::Action action);
const char* AuthName(users::v1::Auth auth);
users::v1::Action ActionFromName(absl::string_view name);
users::v1::Auth AuthFromName(absl::string_view name);

}  // namespace usersync::store
