// A row of `version` as SQL selects it and as the API tells it.
#pragma once

#include <pqxx/pqxx>

#include "absl/status/statusor.h"
#include "users/v1/version.pb.h"

namespace usersync::store {

// The columns that ReadVersionRow expects, in this order: those of `version v` and the doc_id of
// its user `u`.
inline constexpr char kVersionColumns[] =
    "v.id, u.doc_id, v.version, v.action, v.actor, v.reason, v.mutation_id, v.auth, v.json::text, "
    "array_to_string(v.changed_fields, ','), v.audit::text, "
    "(extract(epoch FROM v.created_at) * 1000000)::bigint, v.format, v.body_salt, v.body_hash, "
    "v.actor_salt, v.actor_hash, v.prev_hash, v.hash";
inline constexpr int kVersionColumnCount = 19;

// Without a user if its content was erased, and with the proof. DATA_LOSS if the row is not one
// that the store wrote.
absl::StatusOr<users::v1::Version> ReadVersionRow(const pqxx::row& row);

// The user of a version: its document, and which version it is.
absl::StatusOr<users::v1::User> ReadVersionUser(const char* json, int32_t version,
                                                int64_t sequence);

// The name of a format in a proof.
std::string FormatName(int format);

}  // namespace usersync::store
