#include "store/admin_service.h"

#include "store/refused_page.h"

namespace usersync::store {

grpc::ServerUnaryReactor* AdminService::ListRefused(grpc::CallbackServerContext* context,
                                                    const users::v1::ListRefusedRequest* request,
                                                    users::v1::ListRefusedResponse* response) {
  return reads_.Serve(
      context, response, [request](Session& session) { return ReadRefusedPage(session, *request); },
      Operation::kAdminister);
}

}  // namespace usersync::store
