// Serves users.v1.UserService: single users, as they are now, and the writes of services.
#pragma once

#include "store/identity.h"
#include "store/read_calls.h"
#include "store/sequencer.h"
#include "users/v1/user_service.grpc.pb.h"

namespace usersync::store {

class UserService final : public users::v1::UserService::CallbackService {
 public:
  // All must outlive this.
  UserService(const Identity& identity, Sequencer& sequencer, ReadCalls& reads)
      : identity_(identity), sequencer_(sequencer), reads_(reads) {}

  grpc::ServerUnaryReactor* GetUser(grpc::CallbackServerContext* context,
                                    const users::v1::GetUserRequest* request,
                                    users::v1::GetUserResponse* response) override;
  grpc::ServerUnaryReactor* ListUsers(grpc::CallbackServerContext* context,
                                      const users::v1::ListUsersRequest* request,
                                      users::v1::ListUsersResponse* response) override;
  grpc::ServerUnaryReactor* CreateUser(grpc::CallbackServerContext* context,
                                       const users::v1::CreateUserRequest* request,
                                       users::v1::CreateUserResponse* response) override;
  grpc::ServerUnaryReactor* UpdateUser(grpc::CallbackServerContext* context,
                                       const users::v1::UpdateUserRequest* request,
                                       users::v1::UpdateUserResponse* response) override;
  grpc::ServerUnaryReactor* DeleteUser(grpc::CallbackServerContext* context,
                                       const users::v1::DeleteUserRequest* request,
                                       users::v1::DeleteUserResponse* response) override;
  grpc::ServerUnaryReactor* UndeleteUser(grpc::CallbackServerContext* context,
                                         const users::v1::UndeleteUserRequest* request,
                                         users::v1::UndeleteUserResponse* response) override;
  grpc::ServerUnaryReactor* RestoreUser(grpc::CallbackServerContext* context,
                                        const users::v1::RestoreUserRequest* request,
                                        users::v1::RestoreUserResponse* response) override;

 private:
  template <typename ProtoRequest, typename ProtoResponse>
  grpc::ServerUnaryReactor* Execute(grpc::CallbackServerContext* context,
                                    const ProtoRequest& request,
                                    absl::StatusOr<UserCommand> command, ProtoResponse* response);

  const Identity& identity_;
  Sequencer& sequencer_;
  ReadCalls& reads_;
};

}  // namespace usersync::store
