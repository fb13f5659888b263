// The row of a user beside the versions that it must be the fold of.
#pragma once

#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "store/chain_check.h"

namespace usersync::store {

struct CheckedUser {
  int64_t object_id = 0;
  std::string user_id;
  int32_t version = 0;
  int64_t sequence = 0;
  std::string hash;
  // Whether row, columns and the version that the row names agree.
  bool names_a_version = false;
  bool has_its_document = false;
  bool has_its_columns = false;
  bool holds_its_address = false;
};

// Selects what ReadCheckedUser expects, of `users u`: the row and its version, or what is known of
// it if it is archived, in one moment, because both may move meanwhile. To be continued with
// WHERE.
extern const char kCheckedUsers[];

CheckedUser ReadCheckedUser(const pqxx::row& row);

// What is wrong with a user whose last version up to `newest` is `last`.
std::vector<std::string> FlawsOf(const CheckedUser& user, const ChainCheck::Last& last,
                                 int64_t newest);

}  // namespace usersync::store
