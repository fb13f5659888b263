#include "store/version_record.h"

#include <algorithm>
#include <cassert>

#include "store/conflicts.h"
#include "store/digest.h"
#include "store/document_json.h"
#include "store/version_json.h"

namespace usersync::store {

void Seal(VersionRecord& record) {
  assert(std::is_sorted(record.changed_fields.begin(), record.changed_fields.end()));
  record.document_json = CanonicalDocument(record.document);
  record.audit_json = record.audit ? AuditJson(*record.audit, "overwrite") : "";
  record.body_hash = HmacSha256(record.body_salt, VersionBodyJson(record));
  record.actor_hash = HmacSha256(record.actor_salt, VersionActorJson(record));
  // The leaf hash of RFC 6962.
  record.hash = Sha256(absl::string_view("\0", 1), VersionEntryJson(record));
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
