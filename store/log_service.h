// Serves users.v1.LogService: the head of the log, and proofs that a version is in it and that
// it only grew.
#pragma once

#include <functional>

#include "common/thread_pool.h"
#include "store/head_signer.h"
#include "store/identity.h"
#include "store/session_pool.h"
#include "users/v1/log_service.grpc.pb.h"

namespace usersync::store {

class LogService final : public users::v1::LogService::CallbackService {
 public:
  // All must outlive this.
  LogService(const Identity& identity, HeadSigner& signer, SessionPool& pool, ThreadPool& readers);

  grpc::ServerUnaryReactor* GetLogHead(grpc::CallbackServerContext* context,
                                       const users::v1::GetLogHeadRequest* request,
                                       users::v1::GetLogHeadResponse* response) override;
  grpc::ServerUnaryReactor* ProveInclusion(grpc::CallbackServerContext* context,
                                           const users::v1::ProveInclusionRequest* request,
                                           users::v1::ProveInclusionResponse* response) override;
  grpc::ServerUnaryReactor* ProveConsistency(
      grpc::CallbackServerContext* context, const users::v1::ProveConsistencyRequest* request,
      users::v1::ProveConsistencyResponse* response) override;

 private:
  using Answer = std::function<absl::Status(Session& session)>;

  // Lets readers in, and runs `answer` on a thread that may block.
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context, Answer answer);

  const Identity& identity_;
  HeadSigner& signer_;
  SessionPool& pool_;
  ThreadPool& readers_;
};

}  // namespace usersync::store
