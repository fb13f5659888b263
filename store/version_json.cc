#include "store/version_json.h"

#include "absl/strings/str_cat.h"
#include "protos/json_text.h"
#include "store/document_json.h"

namespace usersync::store {
namespace {

// An entry without its changed fields has less.
constexpr size_t kEntryBytes = 512;
constexpr size_t kBodyBytesBesideContent = 256;

void AppendHex(absl::string_view bytes, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  size_t at = out.size();
  out.resize(at + 2 * bytes.size());
  for (const unsigned char byte : bytes) {
    out[at++] = kDigits[byte >> 4];
    out[at++] = kDigits[byte & 15];
  }
}

void AppendStringOrNull(absl::string_view text, std::string& out) {
  if (text.empty()) {
    out.append("null");
  } else {
    AppendJsonString(text, out);
  }
}

}  // namespace

std::string VersionBodyJson(const VersionRecord& record) {
  std::string out;
  out.reserve(record.document_json.size() + record.audit_json.size() + record.reason.size() +
              kBodyBytesBesideContent);
  absl::StrAppend(&out, "{\"audit\":", record.audit_json.empty() ? "null" : record.audit_json,
                  ",\"document\":", record.document_json, ",\"mutation_id\":");
  AppendStringOrNull(record.mutation_id, out);
  out.append(",\"object_id\":");
  AppendJsonString(record.document.id(), out);
  out.append(",\"object_type\":\"user\",\"reason\":");
  AppendStringOrNull(record.reason, out);
  out.push_back('}');
  return out;
}

std::string VersionActorJson(const VersionRecord& record) {
  std::string out;
  AppendStringOrNull(record.actor, out);
  return out;
}

std::string VersionEntryJson(const VersionRecord& record) {
  std::string out;
  out.reserve(kEntryBytes);
  absl::StrAppend(&out, "{\"action\":\"", ActionName(record.action), "\",\"actor_hash\":\"");
  AppendHex(record.actor_hash, out);
  absl::StrAppend(&out, "\",\"auth\":\"", AuthName(record.auth), "\",\"body_hash\":\"");
  AppendHex(record.body_hash, out);
  out.append("\",\"changed_fields\":[");
  for (size_t i = 0; i < record.changed_fields.size(); ++i) {
    absl::StrAppend(&out, i > 0 ? ",\"" : "\"", record.changed_fields[i], "\"");
  }
  absl::StrAppend(&out, "],\"committed_at\":\"", record.committed_at,
                  "\",\"format\":\"usersync.version.1\",\"prev_hash\":\"");
  AppendHex(record.previous_hash, out);
  absl::StrAppend(&out, "\",\"seq\":\"", record.sequence, "\",\"version\":\"", record.version,
                  "\"}");
  return out;
}

}  // namespace usersync::store
