#include "store/change_record.h"

#include "store/checkpoint.h"
#include "store/conflicts.h"
#include "store/sql_text.h"
#include "store/version_row.h"

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
  auto version = ReadVersionRow(row);
  if (!version.ok()) return version.status();
  users::v1::Change change;
  change.set_checkpoint(Encode(CheckpointOf(epoch, version->sequence(), version->proof().hash())));
  version->clear_proof();
  *change.mutable_version() = *std::move(version);
  return change;
}

}  // namespace usersync::store
