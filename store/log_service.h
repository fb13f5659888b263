// Serves users.v1.LogService: the head of the log, its tiles, and proofs that a version is in it
// and that it only grew.
#pragma once

#include "store/head_signer.h"
#include "store/read_calls.h"
#include "users/v1/log_service.grpc.pb.h"

namespace usersync::store {

class LogService final : public users::v1::LogService::CallbackService {
 public:
  // All must outlive this.
  LogService(HeadSigner& signer, ReadCalls& reads) : signer_(signer), reads_(reads) {}

  grpc::ServerUnaryReactor* GetLogHead(grpc::CallbackServerContext* context,
                                       const users::v1::GetLogHeadRequest* request,
                                       users::v1::GetLogHeadResponse* response) override;
  grpc::ServerUnaryReactor* ProveInclusion(grpc::CallbackServerContext* context,
                                           const users::v1::ProveInclusionRequest* request,
                                           users::v1::ProveInclusionResponse* response) override;
  grpc::ServerUnaryReactor* ProveConsistency(
      grpc::CallbackServerContext* context, const users::v1::ProveConsistencyRequest* request,
      users::v1::ProveConsistencyResponse* response) override;
  grpc::ServerUnaryReactor* GetLogTile(grpc::CallbackServerContext* context,
                                       const users::v1::GetLogTileRequest* request,
                                       users::v1::GetLogTileResponse* response) override;

 private:
  HeadSigner& signer_;
  ReadCalls& reads_;
};

}  // namespace usersync::store
