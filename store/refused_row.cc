#include "store/refused_row.h"

#include "absl/strings/str_cat.h"
#include "store/conflicts.h"
#include "store/field_error.h"
#include "store/sql_text.h"
#include "store/version_record.h"
#include "store/violation_json.h"

namespace usersync::store {
namespace {

absl::StatusOr<users::v1::Outcome> ParseOutcome(const char* name) {
  users::v1::Outcome outcome;
  if (users::v1::Outcome_Parse(absl::StrCat("OUTCOME_", name), &outcome)) return outcome;
  return absl::DataLossError("a row of what was refused has an unknown outcome");
}

// Why it was refused.
absl::Status ReadWhy(const pqxx::row& row, users::v1::RefusedMutation& refused) {
  const auto outcome = ParseOutcome(row[6].c_str());
  if (!outcome.ok()) return outcome.status();
  refused.set_outcome(*outcome);
  if (!row[7].is_null()) {
    const auto violations = ParseViolations(row[7].c_str());
    if (!violations.ok()) return violations.status();
    *refused.mutable_violations() = {violations->begin(), violations->end()};
  }
  if (!row[8].is_null()) {
    const auto audit = ParseAudit(row[8].c_str());
    if (!audit.ok()) return audit.status();
    const auto conflicts = ConflictsOf(*audit);
    *refused.mutable_conflicts() = {conflicts.begin(), conflicts.end()};
  }
  return absl::OkStatus();
}

// That it was applied since.
absl::Status ReadApplied(const pqxx::row& row, users::v1::RefusedMutation& refused) {
  if (row[10].is_null()) return absl::OkStatus();
  const auto outcome = ParseOutcome(row[11].c_str());
  if (!outcome.ok()) return outcome.status();
  users::v1::Receipt& receipt = *refused.mutable_applied();
  receipt.set_mutation_id(row[10].c_str());
  receipt.set_outcome(*outcome);
  receipt.set_sequence(row[12].as<int64_t>());
  receipt.set_version(row[13].as<int32_t>());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<users::v1::RefusedMutation> ReadRefusedRow(const pqxx::row& row) {
  users::v1::RefusedMutation refused;
  refused.set_refused_id(row[0].as<int64_t>());
  refused.set_actor(row[1].c_str());
  refused.set_auth(AuthFromName(row[2].c_str()));
  if (!row[4].is_null()) refused.set_user_id(row[4].c_str());
  refused.set_payload(ParseBytea(row[5].c_str()));
  if (!row[3].is_null()) {
    refused.set_mutation_id(row[3].c_str());
    if (!refused.mutable_mutation()->ParseFromString(refused.payload())) refused.clear_mutation();
  }
  SetTimestamp(row[9].as<int64_t>(), refused.mutable_refuse_time());
  if (auto status = ReadWhy(row, refused); !status.ok()) return status;
  if (auto status = ReadApplied(row, refused); !status.ok()) return status;
  return refused;
}

absl::StatusOr<users::v1::RefusedMutation> ReadRefused(Session& session, int64_t refused_id) {
  if (refused_id < 1) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "refused_id", "must be 1 or more",
                        absl::StrCat(refused_id));
  }
  const auto rows = session.ExecParams(
      absl::StrCat("SELECT ", kRefusedColumns, " FROM ", kRefusedRows, " WHERE r.id = $1"),
      refused_id);
  if (!rows.ok()) return rows.status();
  if (!rows->empty()) return ReadRefusedRow(rows->front());
  return FieldError(absl::StatusCode::kNotFound, users::v1::ERROR_REASON_REFUSED_NOT_FOUND,
                    "refused_id", "", absl::StrCat(refused_id));
}

}  // namespace usersync::store
