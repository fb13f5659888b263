#include "tests/guarantees/version_digest.h"

#include "absl/strings/escaping.h"
#include "tests/guarantees/digest.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

json OrNull(const std::optional<std::string>& text) { return text ? json(*text) : json(); }

}  // namespace

std::string BodyHash(const VersionRow& row, const std::string& doc_id) {
  const json body = {{"audit", row.audit.value_or(json())},    {"document", row.document.value()},
                     {"mutation_id", OrNull(row.mutation_id)}, {"object_id", doc_id},
                     {"object_type", row.object_type},         {"reason", OrNull(row.reason)}};
  return HmacSha256(row.body_salt.value(), CanonicalJson(body));
}

std::string ActorHash(const VersionRow& row) {
  return HmacSha256(row.actor_salt.value(), CanonicalJson(json(row.actor.value())));
}

std::string LeafHash(const VersionRow& row) {
  const json entry = {{"action", row.action},
                      {"actor_hash", absl::BytesToHexString(row.actor_hash)},
                      {"auth", row.auth},
                      {"body_hash", absl::BytesToHexString(row.body_hash)},
                      {"changed_fields", row.changed_fields},
                      {"committed_at", std::to_string(row.committed_at)},
                      {"format", "usersync.version." + std::to_string(row.format)},
                      {"prev_hash", absl::BytesToHexString(row.prev_hash)},
                      {"seq", std::to_string(row.seq)},
                      {"version", std::to_string(row.version)}};
  return Sha256(std::string(1, '\0') + CanonicalJson(entry));
}

}  // namespace usersync::tests
