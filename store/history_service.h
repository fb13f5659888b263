// Serves users.v1.HistoryService: what users were, who changed them and why.
#pragma once

#include "store/read_calls.h"
#include "users/v1/history_service.grpc.pb.h"

namespace usersync::store {

class HistoryService final : public users::v1::HistoryService::CallbackService {
 public:
  // `reads` must outlive this.
  explicit HistoryService(ReadCalls& reads) : reads_(reads) {}

  grpc::ServerUnaryReactor* GetVersion(grpc::CallbackServerContext* context,
                                       const users::v1::GetVersionRequest* request,
                                       users::v1::GetVersionResponse* response) override;
  grpc::ServerUnaryReactor* ListVersions(grpc::CallbackServerContext* context,
                                         const users::v1::ListVersionsRequest* request,
                                         users::v1::ListVersionsResponse* response) override;
  grpc::ServerWriteReactor<users::v1::StreamHistoryResponse>* StreamHistory(
      grpc::CallbackServerContext* context,
      const users::v1::StreamHistoryRequest* request) override;
  grpc::ServerUnaryReactor* DiffVersions(grpc::CallbackServerContext* context,
                                         const users::v1::DiffVersionsRequest* request,
                                         users::v1::DiffVersionsResponse* response) override;

 private:
  ReadCalls& reads_;
};

}  // namespace usersync::store
