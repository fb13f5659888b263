// Both sides of an overlap, as JSON in columns `audit` and as the fields in dispute.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "store/decide.h"

namespace usersync::store {

// {"base","mine","policy","theirs"} in RFC 8785. `policy` is "overwrite" or "refuse".
std::string AuditJson(const Audit& audit, absl::string_view policy);

// Reads what AuditJson wrote. DATA_LOSS if it is not that.
absl::StatusOr<Audit> ParseAudit(absl::string_view json);

// The fields that both sides changed apart from each other.
std::vector<users::v1::FieldConflict> ConflictsOf(const Audit& audit);

}  // namespace usersync::store
