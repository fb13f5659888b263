#include "store/history_stream.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "store/field_error.h"

namespace usersync::store {
namespace {

constexpr int kPageCount = 500;
// A page is cut here, but holds at least one version.
constexpr size_t kPageBytes = 1 << 20;

absl::Status Check(const users::v1::StreamHistoryRequest& request) {
  if (!users::v1::Order_IsValid(request.order())) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "order",
                        "must be ORDER_OLDEST_FIRST or ORDER_NEWEST_FIRST");
  }
  if (request.after_version() < 0) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "after_version", "must be 0 or more",
                        absl::StrCat(request.after_version()));
  }
  return absl::OkStatus();
}

}  // namespace

HistoryStream::HistoryStream(grpc::CallbackServerContext* context, ReadCalls& reads,
                             const users::v1::StreamHistoryRequest& request)
    : context_(context), reads_(reads), request_(request) {
  absl::Status status = reads_.ReaderOf(*context).status();
  if (status.ok()) status = Check(request_);
  if (!status.ok()) {
    Finish(ToGrpc(status));
    return;
  }
  reads_.InBackground([this] {
    if (auto begun = Begin(); !begun.ok()) {
      Finish(ToGrpc(begun));
    } else {
      SendPage();
    }
  });
}

// What is there now is streamed: a user that is written all the time must not keep it from
// ending.
absl::Status HistoryStream::Begin() {
  auto history = reads_.Run(
      *context_, [&](Session& session) { return FindHistory(session, request_.user_id()); });
  if (!history.ok()) return history.status();
  history_ = *std::move(history);
  rest_ = {.above = request_.after_version(),
           .below = history_.newest + 1,
           .newest_first = request_.order() == users::v1::ORDER_NEWEST_FIRST};
  if (rest_.above == 0 || rest_.above >= history_.newest) return absl::OkStatus();
  // To go on where a stream was interrupted must not leave anything out.
  return reads_
      .Run(*context_,
           [&](Session& session) {
             return ReadVersion(session, history_, rest_.above + 1, "after_version");
           })
      .status();
}

absl::Status HistoryStream::ReadPage() {
  auto versions = reads_.Run(*context_, [&](Session& session) {
    return ReadVersions(session, history_, rest_, kPageCount, kPageBytes);
  });
  if (!versions.ok()) return versions.status();
  page_.Clear();
  for (users::v1::Version& version : *versions) {
    (rest_.newest_first ? rest_.below : rest_.above) = version.version();
    if (!request_.include_proof()) version.clear_proof();
    *page_.add_versions() = std::move(version);
  }
  return absl::OkStatus();
}

void HistoryStream::SendPage() {
  const absl::Status status =
      context_->IsCancelled() ? absl::CancelledError("the client has gone") : ReadPage();
  if (!status.ok() || page_.versions().empty()) {
    Finish(ToGrpc(status));
  } else if (rest_.above + 1 == rest_.below) {
    StartWriteAndFinish(&page_, grpc::WriteOptions(), grpc::Status::OK);
  } else {
    StartWrite(&page_);
  }
}

void HistoryStream::OnWriteDone(bool ok) {
  if (!ok) {
    Finish(grpc::Status::CANCELLED);
    return;
  }
  reads_.InBackground([this] { SendPage(); });
}

}  // namespace usersync::store
