#include "store/user_command.h"

#include "absl/strings/str_cat.h"
#include "store/erasure.h"
#include "store/field_error.h"
#include "store/field_value.h"
#include "store/version_error.h"

namespace usersync::store {
namespace {

using users::v1::Mutation;
using users::v1::User;

absl::Status Erased(const std::string& id) {
  return InvalidField(users::v1::ERROR_REASON_USER_ERASED, "id", "", id);
}

absl::Status CheckCreate(const UserCommand& command, const CurrentUser* current) {
  if (current != nullptr && current->erased) return Erased(command.user.id());
  if (current != nullptr) {
    return FieldError(absl::StatusCode::kAlreadyExists, users::v1::ERROR_REASON_USER_EXISTS, "id",
                      "", command.user.id());
  }
  if (command.user.deleted()) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "_deleted",
                        "a user is created living", "true");
  }
  return absl::OkStatus();
}

absl::Status CheckCurrent(const UserCommand& command, const CurrentUser* current) {
  if (current == nullptr) {
    return FieldError(absl::StatusCode::kNotFound, users::v1::ERROR_REASON_USER_NOT_FOUND, "id", "",
                      command.user.id());
  }
  if (command.kind == UserCommand::Kind::kErase) return absl::OkStatus();
  if (current->erased) return Erased(command.user.id());
  const bool undeletes = command.kind == UserCommand::Kind::kUndelete;
  if (current->user.deleted() != undeletes) {
    return FieldError(absl::StatusCode::kFailedPrecondition, users::v1::ERROR_REASON_USER_DELETED,
                      "id", undeletes ? "this one lives" : "undelete the user first",
                      command.user.id());
  }
  if (command.expected_version && *command.expected_version != current->user.version()) {
    return FieldError(absl::StatusCode::kAborted, users::v1::ERROR_REASON_VERSION_MISMATCH,
                      "expected_version",
                      absl::StrCat("the user has version ", current->user.version()),
                      absl::StrCat(*command.expected_version));
  }
  return absl::OkStatus();
}

// Whether the past that the command takes from is there.
absl::Status CheckPast(const UserCommand& command, const Ground& ground) {
  if (ground.past != nullptr) return absl::OkStatus();
  if (command.kind == UserCommand::Kind::kUndelete) return VersionArchived("id");
  const int32_t newest = ground.current->user.version();
  if (command.version >= 1 && command.version <= newest) return VersionArchived("version");
  return VersionNotFound("version", command.version, newest);
}

User Created(const UserCommand& command, absl::string_view now) {
  User user = DocumentOf(command.user);
  if (user.created_at().empty()) user.set_created_at(std::string(now));
  if (user.updated_at().empty()) user.set_updated_at(std::string(now));
  return user;
}

User Updated(const UserCommand& command, const User& current, absl::string_view now) {
  User user = DocumentOf(current);
  bool sets_updated_at = false;
  for (const std::string& name : command.fields) {
    const DocumentField* field = FindDocumentField(name);
    if (field == nullptr) continue;
    CopyValue(command.user, *field, &user);
    sets_updated_at = sets_updated_at || name == "updated_at";
  }
  // An update that changes nothing leaves no trace.
  if (!sets_updated_at && !SameDocument(current, user)) {
    user.set_updated_at(std::string(now));
  }
  return user;
}

User Deleted(const User& current, absl::string_view now) {
  User user = DocumentOf(current);
  user.set_deleted(true);
  user.set_updated_at(std::string(now));
  return user;
}

User Undeleted(const User& past, absl::string_view now) {
  User user = DocumentOf(past);
  user.set_updated_at(std::string(now));
  return user;
}

// What people chose of the user; not who it is, whether it lives, and its times.
User Restored(const User& past, const User& current, absl::string_view now) {
  User user = DocumentOf(current);
  for (const DocumentField& field : DocumentFields()) {
    const std::string& name = field.json_name;
    if (name == "id" || name == "created_at" || name == "updated_at" || name == "_deleted") {
      continue;
    }
    CopyValue(past, field, &user);
  }
  user.set_updated_at(std::string(now));
  return user;
}

}  // namespace

absl::StatusOr<Mutation> Resolve(const UserCommand& command, const Ground& ground) {
  Mutation mutation;
  mutation.set_mutation_id(command.mutation_id);
  mutation.set_unconditional(true);
  mutation.set_reason(command.reason);
  const CurrentUser* current = ground.current;
  const bool creates = command.kind == UserCommand::Kind::kCreate;
  auto status = creates ? CheckCreate(command, current) : CheckCurrent(command, current);
  if (status.ok() && TakesFromThePast(command)) status = CheckPast(command, ground);
  if (!status.ok()) return status;
  switch (command.kind) {
    case UserCommand::Kind::kCreate:
      *mutation.mutable_user() = Created(command, ground.now);
      break;
    case UserCommand::Kind::kUpdate:
      *mutation.mutable_user() = Updated(command, current->user, ground.now);
      break;
    case UserCommand::Kind::kDelete:
      *mutation.mutable_user() = Deleted(current->user, ground.now);
      break;
    case UserCommand::Kind::kUndelete:
      *mutation.mutable_user() = Undeleted(*ground.past, ground.now);
      break;
    case UserCommand::Kind::kRestore:
      *mutation.mutable_user() = Restored(*ground.past, current->user, ground.now);
      break;
    case UserCommand::Kind::kErase:
      *mutation.mutable_user() = ErasedDocument(command.user.id());
      break;
  }
  return mutation;
}

}  // namespace usersync::store
