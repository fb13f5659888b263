#include "store/refused_row.h"

#include "absl/strings/str_cat.h"
#include "store/conflicts.h"
#include "store/sql_text.h"
#include "store/version_record.h"
#include "store/violation_json.h"

namespace usersync::store {
namespace {

// What the row says beyond who asked for what: why it was refused.
absl::Status ReadWhy(const pqxx::row& row, users::v1::RefusedMutation& refused) {
  users::v1::Outcome outcome;
  if (!users::v1::Outcome_Parse(absl::StrCat("OUTCOME_", row[6].c_str()), &outcome)) {
    return absl::DataLossError("a row of what was refused has an unknown outcome");
  }
  refused.set_outcome(outcome);
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
  return refused;
}

}  // namespace usersync::store
