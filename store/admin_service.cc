#include "store/admin_service.h"

#include <utility>

#include "common/status.h"
#include "store/admission.h"
#include "store/pseudonymiser.h"
#include "store/refused_page.h"
#include "store/refused_request.h"
#include "store/refused_row.h"

namespace usersync::store {

grpc::ServerUnaryReactor* AdminService::EraseUser(grpc::CallbackServerContext* context,
                                                  const users::v1::EraseUserRequest* request,
                                                  users::v1::EraseUserResponse* response) {
  if (request->dry_run()) {
    return reads_.Serve(
        context, response,
        [request](Session& session) { return ErasureKeeper::Count(session, *request); },
        Operation::kAdminister);
  }
  auto* reactor = context->DefaultReactor();
  const auto caller = Admit(identity_, *context, Operation::kAdminister);
  if (!caller.ok()) {
    reactor->Finish(ToGrpc(caller.status()));
    return reactor;
  }
  erasures_.Erase(
      caller->principal, *request, [context] { return context->IsCancelled(); },
      [reactor, response](absl::StatusOr<users::v1::EraseUserResponse> erased) {
        if (erased.ok()) *response = *std::move(erased);
        reactor->Finish(ToGrpc(erased.status()));
      });
  return reactor;
}

grpc::ServerUnaryReactor* AdminService::PseudonymiseActor(
    grpc::CallbackServerContext* context, const users::v1::PseudonymiseActorRequest* request,
    users::v1::PseudonymiseActorResponse* response) {
  return reads_.Serve(
      context, response,
      [this, context, request](Session& session) {
        auto changed = Pseudonymise(session, *request, [&] { return !context->IsCancelled(); });
        if (!request->dry_run()) feed_.Forget();
        return changed;
      },
      Operation::kAdminister);
}

grpc::ServerUnaryReactor* AdminService::ListRefused(grpc::CallbackServerContext* context,
                                                    const users::v1::ListRefusedRequest* request,
                                                    users::v1::ListRefusedResponse* response) {
  return reads_.Serve(
      context, response, [request](Session& session) { return ReadRefusedPage(session, *request); },
      Operation::kAdminister);
}

grpc::ServerUnaryReactor* AdminService::ApplyRefused(grpc::CallbackServerContext* context,
                                                     const users::v1::ApplyRefusedRequest* request,
                                                     users::v1::ApplyRefusedResponse* response) {
  auto* reactor = context->DefaultReactor();
  const auto caller = Admit(identity_, *context, Operation::kAdminister);
  if (!caller.ok()) {
    reactor->Finish(ToGrpc(caller.status()));
    return reactor;
  }
  reads_.InBackground([this, context, request, response, reactor,
                       administrator = caller->principal.actor] {
    const auto refused = reads_.Run(
        *context, [&](Session& session) { return ReadRefused(session, request->refused_id()); });
    auto asked = refused.ok() ? RequestToApply(*refused, administrator) : refused.status();
    if (!asked.ok()) {
      reactor->Finish(ToGrpc(asked.status()));
      return;
    }
    Submission submission;
    submission.requests.push_back(*std::move(asked));
    submission.cancelled = [context] { return context->IsCancelled(); };
    submission.done = [reactor, response](absl::StatusOr<std::vector<Answer>> answers) {
      if (answers.ok()) *response->mutable_receipt() = std::move(answers->front().receipt);
      reactor->Finish(ToGrpc(answers.status()));
    };
    sequencer_.Submit(std::move(submission));
  });
  return reactor;
}

}  // namespace usersync::store
