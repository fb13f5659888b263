// A row of `refused` as SQL selects it and as the API tells it.
#pragma once

#include <pqxx/pqxx>

#include "absl/status/statusor.h"
#include "users/v1/admin_service.pb.h"

namespace usersync::store {

// The columns of `refused r` that ReadRefusedRow expects, in this order.
inline constexpr char kRefusedColumns[] =
    "r.id, r.actor, r.auth, r.mutation_id, r.user_id, r.payload, r.outcome, r.violations::text, "
    "r.audit::text, (extract(epoch FROM r.created_at) * 1000000)::bigint";

// `mutation` is absent if `payload` is none. DATA_LOSS if the row is not one that the store wrote.
absl::StatusOr<users::v1::RefusedMutation> ReadRefusedRow(const pqxx::row& row);

}  // namespace usersync::store
