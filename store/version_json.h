// What the hashes of a version are made of: two objects in RFC 8785 (format usersync.version.1,
// see store/README.md). Nothing here can change without a new format.
#pragma once

#include <string>

#include "store/version_record.h"

namespace usersync::store {

// {audit, document, mutation_id, object_id, object_type, reason}: what people wrote, hashed under a
// salt so that it can be erased. Takes document_json and audit_json as Seal made them.
std::string VersionBodyJson(const VersionRecord& record);

// The actor as a JSON string; null if there is none.
std::string VersionActorJson(const VersionRecord& record);

// {action, actor_hash, auth, body_hash, changed_fields, committed_at, format, prev_hash, seq,
// version}: the leaf of the log. Takes body_hash and actor_hash as Seal made them.
std::string VersionEntryJson(const VersionRecord& record);

}  // namespace usersync::store
