#include "store/user_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "protos/document_fields.h"
#include "protos/violation.h"
#include "store/admission.h"
#include "store/as_of_reader.h"
#include "store/field_error.h"
#include "store/mutation_request.h"
#include "store/random_uuid.h"
#include "store/user_page.h"
#include "store/validate.h"

namespace usersync::store {
namespace {

// The JSON names of the fields to update.
absl::StatusOr<std::vector<std::string>> FieldsOf(const users::v1::UpdateUserRequest& request) {
  std::vector<std::string> fields;
  const auto* reflection = users::v1::User::GetReflection();
  if (request.update_mask().paths().empty()) {
    // Answered with OK, its author would take the user for deleted.
    if (request.user().deleted()) {
      return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "_deleted",
                          "DeleteUser deletes, and a deleted user must be undeleted first", "true");
    }
    for (const DocumentField& field : DocumentFields()) {
      if (field.json_name == "id" || field.json_name == "_deleted") continue;
      const bool is_set = field.descriptor->has_presence()
                              ? reflection->HasField(request.user(), field.descriptor)
                              : !reflection->GetString(request.user(), field.descriptor).empty();
      if (is_set) fields.push_back(field.json_name);
    }
    return fields;
  }
  for (const std::string& path : request.update_mask().paths()) {
    if (FindDocumentField(path) == nullptr || path == "id" || path == "_deleted") {
      return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "update_mask",
                          "must name fields of the document other than id and deleted", path);
    }
    fields.push_back(path);
  }
  return fields;
}

// A command on a user that the request names by its id.
template <typename ProtoRequest>
UserCommand CommandOn(UserCommand::Kind kind, const ProtoRequest& request) {
  UserCommand command;
  command.kind = kind;
  command.user.set_id(request.user_id());
  if (request.has_expected_version()) command.expected_version = request.expected_version();
  command.mutation_id = request.mutation_id();
  command.reason = request.reason();
  return command;
}

// What a refused command is told: the first broken rule decides the code.
absl::Status StatusOf(const Answer& answer) {
  if (!answer.status.ok()) return answer.status;
  const users::v1::Receipt& receipt = answer.receipt;
  if (receipt.outcome() == users::v1::OUTCOME_DENIED) return RoleMissing("writer");
  if (receipt.outcome() != users::v1::OUTCOME_INVALID || receipt.violations().empty()) {
    return absl::OkStatus();
  }
  const users::v1::Violation& first = receipt.violations(0);
  const auto code = first.reason() == users::v1::ERROR_REASON_EMAIL_TAKEN
                        ? absl::StatusCode::kAlreadyExists
                        : absl::StatusCode::kInvalidArgument;
  std::string text;
  std::vector<FieldViolation> violations;
  for (const users::v1::Violation& violation : receipt.violations()) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", violation.description());
    violations.push_back({violation.field(), violation.description()});
  }
  absl::Status status = Error(code, ReasonName(first.reason()), text);
  AddViolations(status, violations);
  return status;
}

}  // namespace

grpc::ServerUnaryReactor* UserService::GetUser(grpc::CallbackServerContext* context,
                                               const users::v1::GetUserRequest* request,
                                               users::v1::GetUserResponse* response) {
  return reads_.Serve(context, response, [request](Session& session) {
    return request->as_of_case() == users::v1::GetUserRequest::AS_OF_NOT_SET
               ? ReadUser(session, *request)
               : ReadUserAsOf(session, *request);
  });
}

grpc::ServerUnaryReactor* UserService::ListUsers(grpc::CallbackServerContext* context,
                                                 const users::v1::ListUsersRequest* request,
                                                 users::v1::ListUsersResponse* response) {
  return reads_.Serve(context, response,
                      [request](Session& session) { return ReadUserPage(session, *request); });
}

template <typename ProtoRequest, typename ProtoResponse>
grpc::ServerUnaryReactor* UserService::Execute(grpc::CallbackServerContext* context,
                                               const ProtoRequest& request,
                                               absl::StatusOr<UserCommand> command,
                                               ProtoResponse* response) {
  auto* reactor = context->DefaultReactor();
  const auto caller = Admit(identity_, *context, Operation::kWrite);
  absl::Status status = caller.status();
  if (status.ok()) status = command.status();
  Request asked;
  if (status.ok()) {
    asked.author = caller->principal;
    asked.mutation_id = command->mutation_id;
    if (asked.mutation_id.empty()) {
      asked.mutation_id = RandomUuid();
    } else if (IsClientMutationId(asked.mutation_id)) {
      asked.request_hash = Sha256(
          absl::StrCat(ProtoRequest::descriptor()->full_name(), "\n", request.SerializeAsString()));
    } else {
      status = InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "mutation_id",
                            "must be 1 to 128 characters of [A-Za-z0-9._~-]", asked.mutation_id);
    }
  }
  if (!status.ok()) {
    reactor->Finish(ToGrpc(status));
    return reactor;
  }
  asked.content = *std::move(command);
  Submission submission;
  submission.requests.push_back(std::move(asked));
  submission.cancelled = [context] { return context->IsCancelled(); };
  submission.done = [reactor, response](absl::StatusOr<std::vector<Answer>> answers) {
    absl::Status result = answers.status();
    if (result.ok()) result = StatusOf(answers->front());
    if (result.ok()) *response->mutable_user() = std::move(answers->front().user);
    reactor->Finish(ToGrpc(result));
  };
  sequencer_.Submit(std::move(submission));
  return reactor;
}

grpc::ServerUnaryReactor* UserService::CreateUser(grpc::CallbackServerContext* context,
                                                  const users::v1::CreateUserRequest* request,
                                                  users::v1::CreateUserResponse* response) {
  UserCommand command{.kind = UserCommand::Kind::kCreate, .user = request->user()};
  if (command.user.id().empty()) command.user.set_id(RandomUuid());
  command.mutation_id = request->mutation_id();
  command.reason = request->reason();
  return Execute(context, *request, std::move(command), response);
}

grpc::ServerUnaryReactor* UserService::UpdateUser(grpc::CallbackServerContext* context,
                                                  const users::v1::UpdateUserRequest* request,
                                                  users::v1::UpdateUserResponse* response) {
  auto fields = FieldsOf(*request);
  if (!fields.ok()) return Execute(context, *request, fields.status(), response);
  UserCommand command{.kind = UserCommand::Kind::kUpdate, .user = request->user()};
  command.fields = *std::move(fields);
  if (request->has_expected_version()) command.expected_version = request->expected_version();
  command.mutation_id = request->mutation_id();
  command.reason = request->reason();
  return Execute(context, *request, std::move(command), response);
}

grpc::ServerUnaryReactor* UserService::DeleteUser(grpc::CallbackServerContext* context,
                                                  const users::v1::DeleteUserRequest* request,
                                                  users::v1::DeleteUserResponse* response) {
  return Execute(context, *request, CommandOn(UserCommand::Kind::kDelete, *request), response);
}

grpc::ServerUnaryReactor* UserService::UndeleteUser(grpc::CallbackServerContext* context,
                                                    const users::v1::UndeleteUserRequest* request,
                                                    users::v1::UndeleteUserResponse* response) {
  return Execute(context, *request, CommandOn(UserCommand::Kind::kUndelete, *request), response);
}

grpc::ServerUnaryReactor* UserService::RestoreUser(grpc::CallbackServerContext* context,
                                                   const users::v1::RestoreUserRequest* request,
                                                   users::v1::RestoreUserResponse* response) {
  UserCommand command = CommandOn(UserCommand::Kind::kRestore, *request);
  command.version = request->version();
  if (command.version < 1) {
    return Execute(context, *request,
                   InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "version",
                                "must be 1 or more", absl::StrCat(command.version)),
                   response);
  }
  return Execute(context, *request, std::move(command), response);
}

}  // namespace usersync::store
