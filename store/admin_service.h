// Serves users.v1.AdminService: what only administrators may do.
#pragma once

#include "store/change_feed.h"
#include "store/erasure_keeper.h"
#include "store/identity.h"
#include "store/read_calls.h"
#include "store/sequencer.h"
#include "users/v1/admin_service.grpc.pb.h"

namespace usersync::store {

class AdminService final : public users::v1::AdminService::CallbackService {
 public:
  // All must outlive this.
  AdminService(const Identity& identity, Sequencer& sequencer, ChangeFeed& feed, ReadCalls& reads,
               ErasureKeeper& erasures)
      : identity_(identity),
        sequencer_(sequencer),
        feed_(feed),
        reads_(reads),
        erasures_(erasures) {}

  grpc::ServerUnaryReactor* EraseUser(grpc::CallbackServerContext* context,
                                      const users::v1::EraseUserRequest* request,
                                      users::v1::EraseUserResponse* response) override;

  grpc::ServerUnaryReactor* PseudonymiseActor(
      grpc::CallbackServerContext* context, const users::v1::PseudonymiseActorRequest* request,
      users::v1::PseudonymiseActorResponse* response) override;
  grpc::ServerUnaryReactor* ListRefused(grpc::CallbackServerContext* context,
                                        const users::v1::ListRefusedRequest* request,
                                        users::v1::ListRefusedResponse* response) override;
  grpc::ServerUnaryReactor* ApplyRefused(grpc::CallbackServerContext* context,
                                         const users::v1::ApplyRefusedRequest* request,
                                         users::v1::ApplyRefusedResponse* response) override;

 private:
  const Identity& identity_;
  Sequencer& sequencer_;
  ChangeFeed& feed_;
  ReadCalls& reads_;
  ErasureKeeper& erasures_;
};

}  // namespace usersync::store
