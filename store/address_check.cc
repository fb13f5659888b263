#include "store/address_check.h"

namespace usersync::store {

const char kCheckedAddresses[] =
    "SELECT a.address, a.user_id, coalesce(u.doc_id, ''), coalesce(u.version, 0), "
    "coalesce(u.seq, 0), "
    "coalesce(NOT u.deleted AND lower(u.email COLLATE \"C\") = a.address, FALSE) "
    "FROM email_address a LEFT JOIN users u ON u.id = a.user_id "
    "WHERE a.address > $1 ORDER BY a.address LIMIT $2";

CheckedAddress ReadCheckedAddress(const pqxx::row& row) {
  return {.address = row[0].c_str(),
          .object_id = row[1].as<int64_t>(),
          .user_id = row[2].c_str(),
          .version = row[3].as<int32_t>(),
          .sequence = row[4].as<int64_t>(),
          .is_its_users = row[5].as<bool>()};
}

}  // namespace usersync::store
