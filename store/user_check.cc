#include "store/user_check.h"

#include "store/sql_text.h"

namespace usersync::store {

// The columns are compared only if the document is sound: a forged one may not be castable.
const char kCheckedUsers[] =
    "SELECT u.id, u.doc_id, u.version, u.seq, u.hash, "
    "coalesce(v.object_id = u.id AND v.version = u.version AND v.hash = u.hash, "
    "a.version = u.version AND a.hash = u.hash, FALSE), d.is_its, "
    "CASE WHEN d.is_its THEN "
    "u.doc_id IS NOT DISTINCT FROM u.document->>'id' "
    "AND u.email IS NOT DISTINCT FROM u.document->>'email' "
    "AND u.status IS NOT DISTINCT FROM u.document->>'status' "
    "AND u.role IS NOT DISTINCT FROM u.document->>'role' "
    "AND u.deleted IS NOT DISTINCT FROM (u.document->>'_deleted')::boolean "
    "AND u.created_at IS NOT DISTINCT FROM (u.document->>'created_at')::timestamptz "
    "AND u.updated_at IS NOT DISTINCT FROM (u.document->>'updated_at')::timestamptz "
    "ELSE TRUE END, "
    "u.deleted OR EXISTS (SELECT FROM email_address e WHERE e.user_id = u.id "
    "AND e.address = lower(u.email COLLATE \"C\")) "
    "FROM users u LEFT JOIN version v ON v.id = u.seq "
    "LEFT JOIN archived_user a ON a.object_id = u.id AND a.seq = u.seq CROSS JOIN LATERAL "
    "(SELECT coalesce(v.json = u.document, "
    "a.document_digest = sha256(convert_to(u.document::text, 'UTF8')), TRUE) AS is_its) d ";

CheckedUser ReadCheckedUser(const pqxx::row& row) {
  return {.object_id = row[0].as<int64_t>(),
          .user_id = row[1].c_str(),
          .version = row[2].as<int32_t>(),
          .sequence = row[3].as<int64_t>(),
          .hash = ParseBytea(row[4].c_str()),
          .names_a_version = row[5].as<bool>(),
          .has_its_document = row[6].as<bool>(),
          .has_its_columns = row[7].as<bool>(),
          .holds_its_address = row[8].as<bool>()};
}

std::vector<std::string> FlawsOf(const CheckedUser& user, const ChainCheck::Last& last,
                                 int64_t newest) {
  std::vector<std::string> flaws;
  if (!user.names_a_version) {
    flaws.push_back("the user's row names a version that is not there");
  } else if (user.sequence <= newest &&
             (last.sequence != user.sequence || last.hash != user.hash)) {
    flaws.push_back("the user's row names another version than the last");
  }
  if (!user.has_its_document) {
    flaws.push_back("the user's document is not that of its last version");
  }
  if (!user.has_its_columns) {
    flaws.push_back("the columns of the user's row are not its document's");
  }
  if (!user.holds_its_address) {
    flaws.push_back("the user lives and does not hold its address: another could take it");
  }
  return flaws;
}

}  // namespace usersync::store
