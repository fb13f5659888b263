#include "store/stored_version.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "store/canonical_json.h"
#include "store/digest.h"
#include "store/document_json.h"
#include "store/sql_text.h"
#include "store/version_json.h"

namespace usersync::store {
namespace {

std::string TextOf(const pqxx::field& field) { return field.is_null() ? "" : field.c_str(); }

std::string BytesOf(const pqxx::field& field) {
  return field.is_null() ? "" : ParseBytea(field.c_str());
}

// The JSON of a column in RFC 8785; "" for null.
std::string JsonOf(const pqxx::field& field, StoredVersion& version) {
  if (field.is_null()) return "";
  auto json = CanonicalJson(field.c_str());
  if (!json.ok()) version.malformed = absl::StrCat(field.name(), " is ", json.status().message());
  return std::move(json).value_or("null");
}

void ReadFields(const pqxx::row& row, StoredVersion& version) {
  for (absl::string_view field : absl::StrSplit(row[10].c_str(), ',', absl::SkipEmpty())) {
    version.record.changed_fields.emplace_back(field);
  }
  if (static_cast<int>(version.record.changed_fields.size()) != row[11].as<int>()) {
    version.malformed = "changed_fields is not a list of names";
  }
}

void ReadContent(const pqxx::row& row, StoredVersion& version) {
  VersionRecord& record = version.record;
  version.has_body = !row[8].is_null();
  version.has_actor = !row[4].is_null();
  if (version.has_body == row[13].is_null() || version.has_actor == row[14].is_null() ||
      (!version.has_body && !(row[6].is_null() && row[7].is_null() && row[9].is_null()))) {
    version.malformed = "is erased in part";
  }
  record.actor = TextOf(row[4]);
  record.mutation_id = TextOf(row[6]);
  record.reason = TextOf(row[7]);
  record.document_json = JsonOf(row[8], version);
  record.audit_json = JsonOf(row[9], version);
  record.body_salt = BytesOf(row[13]);
  record.actor_salt = BytesOf(row[14]);
  if (!version.has_body || !version.malformed.empty()) return;
  const auto document = ParseDocument(record.document_json);
  if (document.ok()) {
    record.document.set_id(document->id());
  } else {
    version.malformed = std::string(document.status().message());
  }
}

std::string HexOrNull(bool is_there, absl::string_view bytes) {
  return is_there ? absl::StrCat("\"", absl::BytesToHexString(bytes), "\"") : "null";
}

}  // namespace

StoredVersion ReadStoredVersion(const pqxx::row& row) {
  StoredVersion version;
  VersionRecord& record = version.record;
  record.sequence = row[0].as<int64_t>();
  record.object_id = row[1].as<int64_t>();
  record.version = row[2].as<int32_t>();
  record.action = ActionFromName(row[3].c_str());
  record.auth = AuthFromName(row[5].c_str());
  record.committed_at = row[12].as<int64_t>();
  record.body_hash = BytesOf(row[15]);
  record.actor_hash = BytesOf(row[16]);
  record.previous_hash = BytesOf(row[17]);
  record.hash = BytesOf(row[18]);
  if (!row[19].as<bool>()) version.malformed = "has a format that is not known";
  version.user_id = TextOf(row[20]);
  ReadFields(row, version);
  ReadContent(row, version);
  return version;
}

std::vector<std::string> FlawsOf(const StoredVersion& version) {
  if (!version.malformed.empty()) return {version.malformed};
  const VersionRecord& record = version.record;
  std::vector<std::string> flaws;
  if (version.has_body &&
      HmacSha256(record.body_salt, VersionBodyJson(record)) != record.body_hash) {
    flaws.push_back("document, audit, reason or mutation_id is not what was committed (body_hash)");
  }
  if (version.has_actor &&
      HmacSha256(record.actor_salt, VersionActorJson(record)) != record.actor_hash) {
    flaws.push_back("the actor is not who wrote it (actor_hash)");
  }
  if (Sha256(absl::string_view("\0", 1), VersionEntryJson(record)) != record.hash) {
    flaws.push_back("the entry is not what was committed (hash)");
  }
  return flaws;
}

std::string ExportLine(const StoredVersion& version) {
  const VersionRecord& record = version.record;
  std::string line =
      absl::StrCat("{\"actor\":", version.has_actor ? VersionActorJson(record) : "null",
                   ",\"actor_salt\":", HexOrNull(version.has_actor, record.actor_salt),
                   ",\"body\":", version.has_body ? VersionBodyJson(record) : "null",
                   ",\"body_salt\":", HexOrNull(version.has_body, record.body_salt),
                   ",\"entry\":", VersionEntryJson(record), ",\"hash\":\"",
                   absl::BytesToHexString(record.hash), "\",\"user\":");
  AppendJsonString(version.user_id, line);
  line.push_back('}');
  return line;
}

}  // namespace usersync::store
