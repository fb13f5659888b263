#include "store/version_row.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "store/conflicts.h"
#include "store/document_json.h"
#include "store/sql_text.h"
#include "store/version_record.h"

namespace usersync::store {
namespace {

void ReadProof(const pqxx::row& row, users::v1::Proof& proof) {
  proof.set_format(FormatName(row[12].as<int>()));
  // What was erased is null, and reads as "".
  proof.set_body_salt(ParseBytea(row[13].c_str()));
  proof.set_body_hash(ParseBytea(row[14].c_str()));
  proof.set_actor_salt(ParseBytea(row[15].c_str()));
  proof.set_actor_hash(ParseBytea(row[16].c_str()));
  proof.set_previous_hash(ParseBytea(row[17].c_str()));
  proof.set_hash(ParseBytea(row[18].c_str()));
}

}  // namespace

std::string FormatName(int format) { return absl::StrCat("usersync.version.", format); }

absl::StatusOr<users::v1::User> ReadVersionUser(const char* json, int32_t version,
                                                int64_t sequence) {
  auto user = ParseDocument(json);
  if (!user.ok()) return user.status();
  user->set_version(version);
  user->set_sequence(sequence);
  return user;
}

absl::StatusOr<users::v1::Version> ReadVersionRow(const pqxx::row& row) {
  users::v1::Version version;
  version.set_sequence(row[0].as<int64_t>());
  version.set_user_id(row[1].c_str());
  version.set_version(row[2].as<int32_t>());
  version.set_action(ActionFromName(row[3].c_str()));
  if (!row[4].is_null()) version.set_actor(row[4].c_str());
  if (!row[5].is_null()) version.set_reason(row[5].c_str());
  if (!row[6].is_null()) version.set_mutation_id(row[6].c_str());
  version.set_auth(AuthFromName(row[7].c_str()));
  if (!row[8].is_null()) {
    auto user = ReadVersionUser(row[8].c_str(), version.version(), version.sequence());
    if (!user.ok()) return user.status();
    *version.mutable_user() = *std::move(user);
  }
  for (absl::string_view field : absl::StrSplit(row[9].c_str(), ',', absl::SkipEmpty())) {
    version.add_changed_fields(std::string(field));
  }
  if (!row[10].is_null()) {
    auto audit = ParseAudit(row[10].c_str());
    if (!audit.ok()) return audit.status();
    const auto conflicts = ConflictsOf(*audit);
    *version.mutable_conflicts() = {conflicts.begin(), conflicts.end()};
  }
  SetTimestamp(row[11].as<int64_t>(), version.mutable_commit_time());
  ReadProof(row, *version.mutable_proof());
  return version;
}

}  // namespace usersync::store
