#include "store/version_record.h"

#include <openssl/evp.h>

#include <cassert>

#include "absl/strings/str_cat.h"
#include "store/conflicts.h"
#include "store/document_json.h"

namespace usersync::store {
namespace {

constexpr size_t kBlock = 64;
constexpr size_t kDigest = 32;

// SHA-256 of up to two pieces. One context a thread: making one costs more than the hash.
void Digest(absl::string_view first, absl::string_view second, unsigned char* out) {
  struct Context {
    Context() : context(EVP_MD_CTX_new()), algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {}
    ~Context() {
      EVP_MD_CTX_free(context);
      EVP_MD_free(algorithm);
    }
    EVP_MD_CTX* context;
    EVP_MD* algorithm;
  };
  thread_local Context digest;
  EVP_DigestInit_ex(digest.context, digest.algorithm, nullptr);
  EVP_DigestUpdate(digest.context, first.data(), first.size());
  EVP_DigestUpdate(digest.context, second.data(), second.size());
  EVP_DigestFinal_ex(digest.context, out, nullptr);
}

absl::string_view View(const unsigned char* bytes, size_t count) {
  return absl::string_view(reinterpret_cast<const char*>(bytes), count);
}

// HMAC-SHA-256 (RFC 2104) with a key no longer than a block.
std::string Hmac(absl::string_view key, absl::string_view message) {
  assert(key.size() <= kBlock);
  unsigned char inner_pad[kBlock];
  unsigned char outer_pad[kBlock];
  for (size_t i = 0; i < kBlock; ++i) {
    const unsigned char byte = i < key.size() ? static_cast<unsigned char>(key[i]) : 0;
    inner_pad[i] = byte ^ 0x36;
    outer_pad[i] = byte ^ 0x5c;
  }
  unsigned char digest[kDigest];
  Digest(View(inner_pad, kBlock), message, digest);
  std::string result(kDigest, '\0');
  Digest(View(outer_pad, kBlock), View(digest, kDigest),
         reinterpret_cast<unsigned char*>(result.data()));
  return result;
}

void AppendHex(absl::string_view bytes, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const unsigned char byte : bytes) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
}

void AppendStringOrNull(absl::string_view text, std::string& out) {
  if (text.empty()) {
    out.append("null");
  } else {
    AppendJsonString(text, out);
  }
}

std::string BodyJson(const VersionRecord& record) {
  std::string out;
  out.reserve(record.document_json.size() + record.audit_json.size() + record.reason.size() + 256);
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

std::string EntryJson(const VersionRecord& record) {
  std::string out;
  out.reserve(640);
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

}  // namespace

void Seal(VersionRecord& record) {
  record.document_json = CanonicalDocument(record.document);
  record.audit_json = record.audit ? AuditJson(*record.audit, "overwrite") : "";
  record.body_hash = Hmac(record.body_salt, BodyJson(record));
  std::string actor;
  AppendStringOrNull(record.actor, actor);
  record.actor_hash = Hmac(record.actor_salt, actor);
  record.hash.resize(kDigest);
  Digest(absl::string_view("\0", 1), EntryJson(record),
         reinterpret_cast<unsigned char*>(record.hash.data()));
}

const char* ActionName(users::v1::Action action) {
  switch (action) {
    case users::v1::ACTION_CREATE:
      return "create";
    case users::v1::ACTION_UPDATE:
      return "update";
    case users::v1::ACTION_DELETE:
      return "delete";
    case users::v1::ACTION_UNDELETE:
      return "undelete";
    case users::v1::ACTION_RESTORE:
      return "restore";
    case users::v1::ACTION_ERASE:
      return "erase";
    default:
      return "";
  }
}

const char* AuthName(users::v1::Auth auth) {
  switch (auth) {
    case users::v1::AUTH_NATS:
      return "nats";
    case users::v1::AUTH_JWT:
      return "jwt";
    case users::v1::AUTH_MTLS:
      return "mtls";
    default:
      return "none";
  }
}

users::v1::Action ActionFromName(absl::string_view name) {
  for (int i = users::v1::Action_MIN; i <= users::v1::Action_MAX; ++i) {
    const auto action = static_cast<users::v1::Action>(i);
    if (!name.empty() && name == ActionName(action)) return action;
  }
  return users::v1::ACTION_UNSPECIFIED;
}

users::v1::Auth AuthFromName(absl::string_view name) {
  for (const auto auth :
       {users::v1::AUTH_NONE, users::v1::AUTH_NATS, users::v1::AUTH_JWT, users::v1::AUTH_MTLS}) {
    if (name == AuthName(auth)) return auth;
  }
  return users::v1::AUTH_UNSPECIFIED;
}

}  // namespace usersync::store
