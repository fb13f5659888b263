// A row of `refused` as SQL selects it and as the API tells it.
#pragma once

#include <pqxx/pqxx>

#include "absl/status/statusor.h"
#include "store/session.h"
#include "users/v1/admin_service.pb.h"

namespace usersync::store {

// What `refused r` is selected from: beside it what the ledger says of its being applied, under the
// name that RequestToApply gives it.
inline constexpr char kRefusedRows[] =
    "refused r LEFT JOIN ledger l ON l.actor = r.actor AND l.mutation_id = 'refused:' || r.id || "
    "':' || (extract(epoch FROM r.created_at) * 1000000)::bigint || '000'";

// The columns of kRefusedRows that ReadRefusedRow expects, in this order.
inline constexpr char kRefusedColumns[] =
    "r.id, r.actor, r.auth, r.mutation_id, r.user_id, r.payload, r.outcome, r.violations::text, "
    "r.audit::text, (extract(epoch FROM r.created_at) * 1000000)::bigint, "
    "l.mutation_id, l.outcome, l.seq, l.version";

// `mutation` is absent if `payload` is none. DATA_LOSS if the row is not one that the store wrote.
absl::StatusOr<users::v1::RefusedMutation> ReadRefusedRow(const pqxx::row& row);

// INVALID_ARGUMENT if this can be the number of none; NOT_FOUND, REFUSED_NOT_FOUND.
absl::StatusOr<users::v1::RefusedMutation> ReadRefused(Session& session, int64_t refused_id);

}  // namespace usersync::store
