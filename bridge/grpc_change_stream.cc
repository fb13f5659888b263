#include "bridge/grpc_change_stream.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/status.h"

namespace usersync::bridge {

void AddToken(grpc::ClientContext& context, const std::string& token) {
  if (!token.empty()) context.AddMetadata("usersync-token", token);
}

GrpcChangeStream::GrpcChangeStream(Feed& feed, const std::string& token,
                                   absl::Duration silence_limit,
                                   const users::v1::WatchRequest& request,
                                   std::function<void(const absl::Status&)> note)
    : silence_limit_(silence_limit), note_(std::move(note)), last_response_(absl::Now()) {
  AddToken(context_, token);
  reader_ = feed.AsyncWatch(&context_, request, &queue_, Tag(Event::kStarted));
}

GrpcChangeStream::~GrpcChangeStream() {
  context_.TryCancel();
  // The stream must have been started before it can be finished, and read to its end.
  while (!ended_) {
    users::v1::WatchResponse ignored;
    (void)Next(absl::InfiniteFuture(), &ignored);
  }
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

absl::Status GrpcChangeStream::Next(absl::Time deadline, users::v1::WatchResponse* response) {
  while (!ended_) {
    const absl::Time silent = last_response_ + silence_limit_;
    void* tag = nullptr;
    bool ok = false;
    const absl::Time until = cancelled_ ? deadline : std::min(deadline, silent);
    switch (queue_.AsyncNext(&tag, &ok, absl::ToChronoTime(until))) {
      case grpc::CompletionQueue::GOT_EVENT:
        if (OnEvent(tag, ok, response)) return absl::OkStatus();
        break;
      case grpc::CompletionQueue::TIMEOUT:
        if (absl::Now() < silent || cancelled_) {
          return absl::DeadlineExceededError("the feed has nothing new");
        }
        Cancel();
        is_silent_ = true;
        break;
      case grpc::CompletionQueue::SHUTDOWN:
        ended_ = true;
    }
  }
  return end_;
}

void GrpcChangeStream::Cancel() {
  cancelled_ = true;
  context_.TryCancel();
}

bool GrpcChangeStream::OnEvent(void* tag, bool ok, users::v1::WatchResponse* response) {
  const bool is_response = tag == Tag(Event::kRead) && ok;
  if (tag == Tag(Event::kFinished)) {
    ended_ = true;
    end_ = End();
    note_(end_);
  } else if (ok) {
    if (is_response) response->Swap(&read_);
    last_response_ = absl::Now();
    reader_->Read(&read_, Tag(Event::kRead));
  } else {
    reader_->Finish(&status_, Tag(Event::kFinished));
  }
  return is_response;
}

absl::Status GrpcChangeStream::End() const {
  if (is_silent_) return absl::UnavailableError("the feed is silent");
  const absl::Status status = FromGrpc(status_);
  return status.ok() ? absl::UnavailableError("the feed ended") : status;
}

}  // namespace usersync::bridge
