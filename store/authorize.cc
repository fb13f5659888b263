#include "store/authorize.h"

namespace usersync::store {

bool Authorize(const Principal& principal, Operation operation, const users::v1::User* /*current*/,
               const users::v1::User* /*proposed*/) {
  switch (operation) {
    case Operation::kRead:
      return principal.role >= Role::kReader;
    case Operation::kWrite:
      return principal.role >= Role::kWriter;
    case Operation::kAdminister:
      return principal.role >= Role::kAdmin;
  }
  return false;
}

}  // namespace usersync::store
