// Serves users.internal.v1.IngestService, for the bridge alone.
#pragma once

#include "common/thread_pool.h"
#include "store/identity.h"
#include "store/sequencer.h"
#include "store/session_pool.h"
#include "users/internal/v1/ingest_service.grpc.pb.h"

namespace usersync::store {

class IngestService final : public users::internal::v1::IngestService::CallbackService {
 public:
  // All must outlive this.
  IngestService(const Identity& identity, Sequencer& sequencer, SessionPool& pool,
                ThreadPool& readers);

  grpc::ServerUnaryReactor* GetPosition(
      grpc::CallbackServerContext* context, const users::internal::v1::GetPositionRequest* request,
      users::internal::v1::GetPositionResponse* response) override;

  grpc::ServerUnaryReactor* ListErasures(
      grpc::CallbackServerContext* context, const users::internal::v1::ListErasuresRequest* request,
      users::internal::v1::ListErasuresResponse* response) override;

  grpc::ServerUnaryReactor* Ingest(grpc::CallbackServerContext* context,
                                   const users::internal::v1::IngestRequest* request,
                                   users::internal::v1::IngestResponse* response) override;

  grpc::ServerUnaryReactor* ReportBroadcast(
      grpc::CallbackServerContext* context,
      const users::internal::v1::ReportBroadcastRequest* request,
      users::internal::v1::ReportBroadcastResponse* response) override;

 private:
  absl::Status CheckCaller(const grpc::CallbackServerContext& context) const;

  const Identity& identity_;
  Sequencer& sequencer_;
  SessionPool& pool_;
  ThreadPool& readers_;
};

}  // namespace usersync::store
