// Serves users.v1.AdminService: what only administrators may do.
#pragma once

#include "store/read_calls.h"
#include "users/v1/admin_service.grpc.pb.h"

namespace usersync::store {

class AdminService final : public users::v1::AdminService::CallbackService {
 public:
  // `reads` must outlive this.
  explicit AdminService(ReadCalls& reads) : reads_(reads) {}

  grpc::ServerUnaryReactor* ListRefused(grpc::CallbackServerContext* context,
                                        const users::v1::ListRefusedRequest* request,
                                        users::v1::ListRefusedResponse* response) override;

 private:
  ReadCalls& reads_;
};

}  // namespace usersync::store
