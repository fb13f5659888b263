#include "store/change_record.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "store/checkpoint.h"
#include "store/conflicts.h"
#include "store/sql_text.h"
#include "store/version_row.h"

namespace usersync::store {
namespace {

users::v1::Proof ProofOf(VersionRecord& record) {
  users::v1::Proof proof;
  proof.set_format(FormatName(kVersionFormat));
  proof.set_body_salt(std::move(record.body_salt));
  proof.set_body_hash(std::move(record.body_hash));
  proof.set_actor_salt(std::move(record.actor_salt));
  proof.set_actor_hash(std::move(record.actor_hash));
  proof.set_previous_hash(std::move(record.previous_hash));
  proof.set_hash(std::move(record.hash));
  return proof;
}

users::v1::Version VersionOf(VersionRecord& record) {
  users::v1::Version version;
  version.set_sequence(record.sequence);
  version.set_user_id(record.document.id());
  version.set_version(record.version);
  version.set_action(record.action);
  version.set_actor(std::move(record.actor));
  version.set_reason(std::move(record.reason));
  version.set_mutation_id(std::move(record.mutation_id));
  version.set_auth(record.auth);
  *version.mutable_user() = std::move(record.document);
  version.mutable_user()->set_version(record.version);
  version.mutable_user()->set_sequence(record.sequence);
  *version.mutable_changed_fields() = {record.changed_fields.begin(), record.changed_fields.end()};
  if (record.audit) {
    const auto conflicts = ConflictsOf(*record.audit);
    *version.mutable_conflicts() = {conflicts.begin(), conflicts.end()};
  }
  SetTimestamp(record.committed_at, version.mutable_commit_time());
  return version;
}

void SetHop(absl::Time time, google::protobuf::Timestamp* hop) {
  SetTimestamp(absl::ToUnixMicros(time), hop);
}

// What a version tells of a user, no more.
void KeepAsTold(users::v1::User& user) {
  user.clear_create_time();
  user.clear_update_time();
  user.clear_delete_time();
}

}  // namespace

FeedChange MakeChange(absl::string_view epoch, VersionRecord record,
                      std::optional<users::v1::User> before, const Hops& hops) {
  // What an erasure destroyed is not told as what was before it.
  if (record.action == users::v1::ACTION_ERASE) before.reset();
  FeedChange made{.before = std::move(before), .knows_before = true};
  if (made.before) KeepAsTold(*made.before);
  users::v1::Change& change = made.change;
  change.set_checkpoint(Encode(CheckpointOf(epoch, record.sequence, record.hash)));
  *change.mutable_version() = VersionOf(record);
  made.proof = ProofOf(record);
  users::v1::HopTimes& times = *change.mutable_hop_times();
  if (hops.published != absl::InfinitePast()) SetHop(hops.published, times.mutable_publish_time());
  SetHop(hops.enqueued, times.mutable_enqueue_time());
  SetHop(hops.committed, times.mutable_commit_time());
  return made;
}

std::string SelectChanges(bool with_before) {
  return absl::StrCat(
      "SELECT ", kVersionColumns, with_before ? ", b.id, b.version, b.json::text" : "",
      " FROM version v JOIN users u ON u.id = v.object_id",
      with_before
          ? " LEFT JOIN version b ON b.object_id = v.object_id AND b.version = v.version - 1"
          : "");
}

absl::StatusOr<FeedChange> ReadChangeRow(absl::string_view epoch, const pqxx::row& row,
                                         bool with_before) {
  auto version = ReadVersionRow(row);
  if (!version.ok()) return version.status();
  FeedChange read{.proof = std::move(*version->mutable_proof()), .knows_before = with_before};
  version->clear_proof();
  read.change.set_checkpoint(Encode(CheckpointOf(epoch, version->sequence(), read.proof.hash())));
  *read.change.mutable_version() = *std::move(version);
  const int before = kVersionColumnCount;
  if (with_before && !row[before + 2].is_null()) {
    auto user = ReadVersionUser(row[before + 2].c_str(), row[before + 1].as<int32_t>(),
                                row[before].as<int64_t>());
    if (!user.ok()) return user.status();
    read.before = *std::move(user);
  }
  return read;
}

}  // namespace usersync::store
