// A version as the database holds it, for those who do not trust it: nothing here was checked
// when it was read.
#pragma once

#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/version_record.h"

namespace usersync::store {

struct StoredVersion {
  // document holds the id alone; document_json and audit_json are in RFC 8785, salts and hashes
  // as stored.
  VersionRecord record;
  // The user's id, from its row; "" if there is none.
  std::string user_id;
  // False once erased.
  bool has_body = false;
  bool has_actor = false;
  // What is wrong with its columns as such; "" if nothing is.
  std::string malformed;
};

// The columns that ReadStoredVersion expects, of `version v LEFT JOIN users u`.
inline constexpr char kStoredVersionColumns[] =
    "v.id, v.object_id, v.version, v.action, v.actor, v.auth, v.mutation_id, v.reason, "
    "v.json::text, v.audit::text, array_to_string(v.changed_fields, ','), "
    "cardinality(v.changed_fields), (extract(epoch FROM v.created_at) * 1000000)::bigint, "
    "v.body_salt, v.actor_salt, v.body_hash, v.actor_hash, v.prev_hash, v.hash, "
    "v.format = 1 AND v.object_type = 'user', u.doc_id";
inline constexpr char kStoredVersions[] = "version v LEFT JOIN users u ON u.id = v.object_id";

StoredVersion ReadStoredVersion(const pqxx::row& row);

// Recomputes the hashes of one version; a line for each that is not the stored one.
std::vector<std::string> FlawsOf(const StoredVersion& version);

// One line of JSON: {actor, actor_salt, body, body_salt, entry, hash, user}. body and entry are
// what is hashed; all four of actor and body are null once erased.
std::string ExportLine(const StoredVersion& version);

}  // namespace usersync::store
