#include "store/ingest_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status.h"
#include "protos/violation.h"
#include "store/batch_reader.h"
#include "store/field_error.h"
#include "store/mutation_request.h"

namespace usersync::store {
namespace {

using users::internal::v1::Entry;

constexpr int kMostEntries = 1000;
constexpr int kMostErasures = 1000;

// An idle bridge leaves no trace.
constexpr char kNoteBroadcast[] =
    "INSERT INTO broadcast (seq, told_at) VALUES ($1, now()) ON CONFLICT (only_row) DO UPDATE "
    "SET seq = excluded.seq, told_at = excluded.told_at WHERE broadcast.seq <> excluded.seq";

int64_t NanosOf(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1000000000 + time.nanos();
}

Position PositionOf(const users::internal::v1::Position& position) {
  return {static_cast<int64_t>(position.sequence()), NanosOf(position.time())};
}

absl::Status Check(const users::internal::v1::IngestRequest& request) {
  if (request.source().empty()) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_REQUIRED, "source", "must name a stream");
  }
  if (request.entries_size() > kMostEntries) {
    return InvalidField(users::v1::ERROR_REASON_TOO_LARGE, "entries",
                        absl::StrCat("must be at most ", kMostEntries));
  }
  for (int i = 0; i < request.entries_size(); ++i) {
    if (request.entries(i).content_case() == Entry::CONTENT_NOT_SET) {
      return InvalidField(users::v1::ERROR_REASON_FIELD_REQUIRED,
                          absl::StrCat("entries[", i, "].content"));
    }
  }
  return absl::OkStatus();
}

Request RequestOfEntry(const Entry& entry) {
  Principal author{
      .actor = entry.actor(), .auth = entry.auth(), .role = Role::kWriter, .derives_ids = true};
  Request request;
  if (entry.has_mutation()) {
    request = RequestOf(std::move(author), entry.mutation());
  } else {
    request.author = std::move(author);
    request.content = entry.undecodable();
  }
  request.publish_time = absl::FromUnixNanos(NanosOf(entry.publish_time()));
  return request;
}

}  // namespace

IngestService::IngestService(const Identity& identity, Sequencer& sequencer, SessionPool& pool,
                             ThreadPool& readers)
    : identity_(identity), sequencer_(sequencer), pool_(pool), readers_(readers) {}

absl::Status IngestService::CheckCaller(const grpc::CallbackServerContext& context) const {
  const auto caller = identity_.Identify(context);
  if (!caller.ok()) return caller.status();
  if (caller->peer == Peer::kBridge) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied,
               ReasonName(users::v1::ERROR_REASON_ROLE_MISSING),
               "only the bridge may call users.internal.v1");
}

grpc::ServerUnaryReactor* IngestService::GetPosition(
    grpc::CallbackServerContext* context, const users::internal::v1::GetPositionRequest* request,
    users::internal::v1::GetPositionResponse* response) {
  auto* reactor = context->DefaultReactor();
  if (auto status = CheckCaller(*context); !status.ok()) {
    reactor->Finish(ToGrpc(status));
    return reactor;
  }
  readers_.Add([this, request, response, reactor] {
    const auto position = pool_.Run(absl::Now() + absl::Seconds(10), [&](Session& session) {
      return BatchReader::ReadPosition(session, request->source());
    });
    if (position.ok()) {
      response->mutable_position()->set_sequence(position->sequence);
      auto& time = *response->mutable_position()->mutable_time();
      time.set_seconds(position->time_ns / 1000000000);
      time.set_nanos(static_cast<int>(position->time_ns % 1000000000));
    }
    reactor->Finish(ToGrpc(position.status()));
  });
  return reactor;
}

grpc::ServerUnaryReactor* IngestService::ListErasures(
    grpc::CallbackServerContext* context, const users::internal::v1::ListErasuresRequest* request,
    users::internal::v1::ListErasuresResponse* response) {
  auto* reactor = context->DefaultReactor();
  if (auto status = CheckCaller(*context); !status.ok()) {
    reactor->Finish(ToGrpc(status));
    return reactor;
  }
  readers_.Add([this, request, response, reactor] {
    const auto rows = pool_.Run(absl::Now() + absl::Seconds(10), [&](Session& session) {
      return session.ExecParams(
          "SELECT seq, doc_id FROM users WHERE erased AND seq > $1 ORDER BY seq LIMIT $2",
          request->after_sequence(), kMostErasures);
    });
    if (rows.ok()) {
      for (const pqxx::row& row : *rows) {
        auto& erasure = *response->add_erasures();
        erasure.set_sequence(row[0].as<int64_t>());
        erasure.set_user_id(row[1].c_str());
      }
    }
    reactor->Finish(ToGrpc(rows.status()));
  });
  return reactor;
}

grpc::ServerUnaryReactor* IngestService::Ingest(grpc::CallbackServerContext* context,
                                                const users::internal::v1::IngestRequest* request,
                                                users::internal::v1::IngestResponse* response) {
  auto* reactor = context->DefaultReactor();
  absl::Status status = CheckCaller(*context);
  if (status.ok()) status = Check(*request);
  if (!status.ok()) {
    reactor->Finish(ToGrpc(status));
    return reactor;
  }
  Submission submission;
  submission.requests.reserve(request->entries_size());
  for (const Entry& entry : request->entries()) {
    submission.requests.push_back(RequestOfEntry(entry));
  }
  submission.move =
      Move{request->source(), PositionOf(request->after()), PositionOf(request->through())};
  submission.cancelled = [context] { return context->IsCancelled(); };
  submission.done = [reactor, response](absl::StatusOr<std::vector<Answer>> answers) {
    if (answers.ok()) {
      for (Answer& answer : *answers) {
        *response->add_receipts() = std::move(answer.receipt);
        response->add_refused_ids(answer.refused_id);
      }
    }
    reactor->Finish(ToGrpc(answers.status()));
  };
  sequencer_.Submit(std::move(submission));
  return reactor;
}

grpc::ServerUnaryReactor* IngestService::ReportBroadcast(
    grpc::CallbackServerContext* context,
    const users::internal::v1::ReportBroadcastRequest* request,
    users::internal::v1::ReportBroadcastResponse*) {
  auto* reactor = context->DefaultReactor();
  absl::Status status = CheckCaller(*context);
  if (status.ok() && request->sequence() < 0) {
    status = InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "sequence", "must be 0 or more");
  }
  if (!status.ok()) {
    reactor->Finish(ToGrpc(status));
    return reactor;
  }
  readers_.Add([this, request, reactor] {
    const auto noted = pool_.Run(absl::Now() + absl::Seconds(10), [&](Session& session) {
      return session.ExecParams(kNoteBroadcast, request->sequence());
    });
    reactor->Finish(ToGrpc(noted.status()));
  });
  return reactor;
}

}  // namespace usersync::store
