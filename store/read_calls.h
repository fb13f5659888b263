// How calls that only read are served: for whoever may, in the threads and with the sessions of the
// readers, until the caller's deadline. Thread-safe.
#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/time/time.h"
#include "common/status.h"
#include "common/thread_pool.h"
#include "store/admission.h"
#include "store/session_pool.h"

namespace usersync::store {

class ReadCalls {
 public:
  // All must outlive this.
  ReadCalls(const Identity& identity, SessionPool& pool, ThreadPool& threads)
      : identity_(identity), pool_(pool), threads_(threads) {}

  // Who calls. PERMISSION_DENIED, ROLE_MISSING, unless they may read; or why nobody knows.
  absl::StatusOr<Caller> ReaderOf(const grpc::CallbackServerContext& context) const;

  // Runs `read(Session&)`, which returns a StatusOr, with a session of the pool. Blocks.
  template <typename Read>
  auto Run(const grpc::CallbackServerContext& context, Read read) {
    return pool_.Run(DeadlineOf(context), std::move(read));
  }

  // Does work that blocks in one of the threads.
  template <typename Work>
  void InBackground(Work work) {
    threads_.Add(std::move(work));
  }

  // Serves a whole call: `read(Session&)` returns a StatusOr<Response>.
  template <typename Response, typename Read>
  grpc::ServerUnaryReactor* Serve(grpc::CallbackServerContext* context, Response* response,
                                  Read read, Operation operation = Operation::kRead) {
    auto* reactor = context->DefaultReactor();
    if (const auto caller = Admit(identity_, *context, operation); !caller.ok()) {
      reactor->Finish(ToGrpc(caller.status()));
      return reactor;
    }
    threads_.Add([this, context, response, reactor, read = std::move(read)] {
      if (context->IsCancelled()) {
        reactor->Finish(grpc::Status::CANCELLED);
        return;
      }
      auto answer = Run(*context, read);
      if (answer.ok()) *response = *std::move(answer);
      reactor->Finish(ToGrpc(answer.status()));
    });
    return reactor;
  }

 private:
  static absl::Time DeadlineOf(const grpc::CallbackServerContext& context);

  const Identity& identity_;
  SessionPool& pool_;
  ThreadPool& threads_;
};

}  // namespace usersync::store
