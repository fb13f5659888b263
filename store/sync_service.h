// Serves users.v1.SyncService: mutations in, latest states out.
#pragma once

#include "common/thread_pool.h"
#include "store/change_feed.h"
#include "store/identity.h"
#include "store/sequencer.h"
#include "store/session_pool.h"
#include "users/v1/sync_service.grpc.pb.h"

namespace usersync::store {

class SyncService final : public users::v1::SyncService::CallbackService {
 public:
  // All must outlive this.
  SyncService(const Identity& identity, Sequencer& sequencer, ChangeFeed& feed, SessionPool& pool,
              ThreadPool& readers);

  grpc::ServerUnaryReactor* Push(grpc::CallbackServerContext* context,
                                 const users::v1::PushRequest* request,
                                 users::v1::PushResponse* response) override;

  grpc::ServerUnaryReactor* Pull(grpc::CallbackServerContext* context,
                                 const users::v1::PullRequest* request,
                                 users::v1::PullResponse* response) override;

 private:
  absl::Status ReadPage(const users::v1::PullRequest& request, users::v1::PullResponse* response);

  const Identity& identity_;
  Sequencer& sequencer_;
  ChangeFeed& feed_;
  SessionPool& pool_;
  ThreadPool& readers_;
};

}  // namespace usersync::store
