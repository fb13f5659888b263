#include "store/sync_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status.h"
#include "store/admission.h"
#include "store/checkpoint.h"
#include "store/field_error.h"
#include "store/mutation_request.h"
#include "store/user_row.h"

namespace usersync::store {
namespace {

constexpr int kMostMutations = 1000;
constexpr int kDefaultLimit = 100;
constexpr int kMostLimit = 1000;
// A page is cut here, but holds at least one user; gRPC clients take 4 MiB unless told.
constexpr size_t kPageBytes = 2 << 20;

}  // namespace

SyncService::SyncService(const Identity& identity, Sequencer& sequencer, ChangeFeed& feed,
                         SessionPool& pool, ThreadPool& readers)
    : identity_(identity), sequencer_(sequencer), feed_(feed), pool_(pool), readers_(readers) {}

grpc::ServerUnaryReactor* SyncService::Push(grpc::CallbackServerContext* context,
                                            const users::v1::PushRequest* request,
                                            users::v1::PushResponse* response) {
  auto* reactor = context->DefaultReactor();
  const auto caller = Admit(identity_, *context, Operation::kWrite);
  absl::Status status = caller.status();
  if (status.ok() && request->mutations_size() > kMostMutations) {
    status = InvalidField(users::v1::ERROR_REASON_TOO_LARGE, "mutations",
                          absl::StrCat("must be at most ", kMostMutations));
  }
  if (!status.ok()) {
    reactor->Finish(ToGrpc(status));
    return reactor;
  }
  Submission submission;
  submission.requests.reserve(request->mutations_size());
  for (const users::v1::Mutation& mutation : request->mutations()) {
    submission.requests.push_back(RequestOf(caller->principal, mutation));
  }
  submission.cancelled = [context] { return context->IsCancelled(); };
  submission.done = [reactor, response](absl::StatusOr<std::vector<Answer>> answers) {
    if (answers.ok()) {
      for (Answer& answer : *answers) *response->add_receipts() = std::move(answer.receipt);
    }
    reactor->Finish(ToGrpc(answers.status()));
  };
  sequencer_.Submit(std::move(submission));
  return reactor;
}

grpc::ServerUnaryReactor* SyncService::Pull(grpc::CallbackServerContext* context,
                                            const users::v1::PullRequest* request,
                                            users::v1::PullResponse* response) {
  auto* reactor = context->DefaultReactor();
  absl::Status status = Admit(identity_, *context, Operation::kRead).status();
  if (status.ok() && (request->limit() < 0 || request->limit() > kMostLimit)) {
    status = InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "limit", "must be 1 to 1000");
  }
  if (!status.ok()) {
    reactor->Finish(ToGrpc(status));
    return reactor;
  }
  readers_.Add([this, request, response, reactor] {
    reactor->Finish(ToGrpc(ReadPage(*request, response)));
  });
  return reactor;
}

absl::Status SyncService::ReadPage(const users::v1::PullRequest& request,
                                   users::v1::PullResponse* response) {
  int64_t after = 0;
  if (!request.checkpoint().empty()) {
    const auto resolved = feed_.Resolve(request.checkpoint());
    if (!resolved.ok()) return resolved.status();
    after = *resolved;
  }
  const int limit = request.limit() == 0 ? kDefaultLimit : request.limit();
  // One more than asked for says whether there is more.
  const auto rows = pool_.Run(absl::Now() + absl::Seconds(30), [&](Session& session) {
    return session.ExecParams(
        absl::StrCat("SELECT ", kUserColumns, " FROM users WHERE seq > $1 ORDER BY seq LIMIT $2"),
        after, limit + 1);
  });
  if (!rows.ok()) return rows.status();
  response->set_checkpoint(request.checkpoint());
  size_t bytes = 0;
  for (const pqxx::row& row : *rows) {
    auto current = ReadUserRow(row);
    if (!current.ok()) return current.status();
    bytes += current->user.ByteSizeLong();
    const int count = response->users_size();
    if (count == limit || (count > 0 && bytes > kPageBytes)) {
      response->set_more(true);
      break;
    }
    response->set_checkpoint(
        Encode(CheckpointOf(feed_.epoch(), current->user.sequence(), current->hash)));
    *response->add_users() = std::move(current->user);
  }
  return absl::OkStatus();
}

}  // namespace usersync::store
