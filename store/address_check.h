// A row of `email_address` beside the user whose it should be.
#pragma once

#include <pqxx/pqxx>
#include <string>

namespace usersync::store {

struct CheckedAddress {
  // Where the next page goes on. Personal: not to be shown.
  std::string address;
  // users.id, and who that is; "" and 0 if it is nobody.
  int64_t object_id = 0;
  std::string user_id;
  int32_t version = 0;
  int64_t sequence = 0;
  bool is_its_users = false;
};

// Selects what ReadCheckedAddress expects: at most $2 rows after the address $1, each and its user
// in one moment, because both may move meanwhile.
extern const char kCheckedAddresses[];

CheckedAddress ReadCheckedAddress(const pqxx::row& row);

}  // namespace usersync::store
