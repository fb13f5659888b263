#include "store/change_record.h"

#include "absl/strings/str_split.h"
#include "store/checkpoint.h"
#include "store/conflicts.h"
#include "store/document_json.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

void SetConflicts(const Audit& audit, users::v1::Version& version) {
  const auto conflicts = ConflictsOf(audit);
  *version.mutable_conflicts() = {conflicts.begin(), conflicts.end()};
}

void SetUserPosition(users::v1::Version& version) {
  version.mutable_user()->set_version(version.version());
  version.mutable_user()->set_sequence(version.sequence());
}

}  // namespace

users::v1::Change MakeChange(absl::string_view epoch, const VersionRecord& record,
                             absl::Time published, absl::Time enqueued, absl::Time committed) {
  users::v1::Change change;
  users::v1::Version& version = *change.mutable_version();
  version.set_sequence(record.sequence);
  version.set_user_id(record.document.id());
  version.set_version(record.version);
  version.set_action(record.action);
  version.set_actor(record.actor);
  version.set_reason(record.reason);
  version.set_mutation_id(record.mutation_id);
  version.set_auth(record.auth);
  *version.mutable_user() = record.document;
  SetUserPosition(version);
  *version.mutable_changed_fields() = {record.changed_fields.begin(), record.changed_fields.end()};
  if (record.audit) SetConflicts(*record.audit, version);
  SetTimestamp(record.committed_at, version.mutable_commit_time());
  change.set_checkpoint(Encode(CheckpointOf(epoch, record.sequence, record.hash)));

  users::v1::HopTimes& hops = *change.mutable_hop_times();
  if (published != absl::InfinitePast()) {
    SetTimestamp(absl::ToUnixMicros(published), hops.mutable_publish_time());
  }
  SetTimestamp(absl::ToUnixMicros(enqueued), hops.mutable_enqueue_time());
  SetTimestamp(absl::ToUnixMicros(committed), hops.mutable_commit_time());
  return change;
}

absl::StatusOr<users::v1::Change> ReadChangeRow(absl::string_view epoch, const pqxx::row& row) {
  users::v1::Change change;
  users::v1::Version& version = *change.mutable_version();
  version.set_sequence(row[0].as<int64_t>());
  version.set_user_id(row[1].c_str());
  version.set_version(row[2].as<int32_t>());
  version.set_action(ActionFromName(row[3].c_str()));
  if (!row[4].is_null()) version.set_actor(row[4].c_str());
  if (!row[5].is_null()) version.set_reason(row[5].c_str());
  if (!row[6].is_null()) version.set_mutation_id(row[6].c_str());
  version.set_auth(AuthFromName(row[7].c_str()));
  if (!row[8].is_null()) {
    auto user = ParseDocument(row[8].c_str());
    if (!user.ok()) return user.status();
    *version.mutable_user() = *std::move(user);
    SetUserPosition(version);
  }
  for (absl::string_view field : absl::StrSplit(row[9].c_str(), ',', absl::SkipEmpty())) {
    version.add_changed_fields(std::string(field));
  }
  if (!row[10].is_null()) {
    auto audit = ParseAudit(row[10].c_str());
    if (!audit.ok()) return audit.status();
    SetConflicts(*audit, version);
  }
  SetTimestamp(row[11].as<int64_t>(), version.mutable_commit_time());
  change.set_checkpoint(
      Encode(CheckpointOf(epoch, version.sequence(), ParseBytea(row[12].c_str()))));
  return change;
}

}  // namespace usersync::store
