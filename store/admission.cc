#include "store/admission.h"

namespace usersync::store {
namespace {

const char* RoleFor(Operation operation) {
  switch (operation) {
    case Operation::kRead:
      return "reader";
    case Operation::kWrite:
      return "writer";
    case Operation::kAdminister:
      return "admin";
  }
  return "";
}

}  // namespace

absl::StatusOr<Caller> Admit(const Identity& identity, const grpc::ServerContextBase& context,
                             Operation operation) {
  auto caller = identity.Identify(context);
  if (caller.ok() && !Authorize(caller->principal, operation, nullptr, nullptr)) {
    return RoleMissing(RoleFor(operation));
  }
  return caller;
}

}  // namespace usersync::store
