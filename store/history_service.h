// Serves users.v1.HistoryService: what users were, who changed them and why.
#pragma once

#include "store/read_calls.h"
#include "store/verifications.h"
#include "users/v1/history_service.grpc.pb.h"

namespace usersync::store {

class HistoryService final : public users::v1::HistoryService::CallbackService {
 public:
  // All must outlive this.
  HistoryService(ReadCalls& reads, Verifications& verifications)
      : reads_(reads), verifications_(verifications) {}

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
  grpc::ServerWriteReactor<users::v1::VerifyHistoryResponse>* VerifyHistory(
      grpc::CallbackServerContext* context,
      const users::v1::VerifyHistoryRequest* request) override;

 private:
  ReadCalls& reads_;
  Verifications& verifications_;
};

}  // namespace usersync::store
