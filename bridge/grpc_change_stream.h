// The stream of changes of a store's ChangeFeedService.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "bridge/change_stream.h"
#include "users/v1/change_feed_service.grpc.pb.h"

namespace usersync::bridge {

// What the store knows the bridge by.
void AddToken(grpc::ClientContext& context, const std::string& token);

class GrpcChangeStream final : public ChangeStream {
 public:
  using Feed = users::v1::ChangeFeedService::Stub;

  // A store that says nothing for `silence_limit` is UNAVAILABLE; its heartbeats come every second.
  // `note` hears why the stream has ended.
  GrpcChangeStream(Feed& feed, const std::string& token, absl::Duration silence_limit,
                   const users::v1::WatchRequest& request,
                   std::function<void(const absl::Status&)> note);
  ~GrpcChangeStream() override;

  absl::Status Next(absl::Time deadline, users::v1::WatchResponse* response) override;
  void Cancel() override;

 private:
  enum class Event : intptr_t { kStarted = 1, kRead, kFinished };

  static void* Tag(Event event) { return reinterpret_cast<void*>(event); }

  // Returns whether there is a response.
  bool OnEvent(void* tag, bool ok, users::v1::WatchResponse* response);
  absl::Status End() const;

  const absl::Duration silence_limit_;
  const std::function<void(const absl::Status&)> note_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientAsyncReader<users::v1::WatchResponse>> reader_;
  users::v1::WatchResponse read_;
  grpc::Status status_;
  absl::Time last_response_;
  std::atomic<bool> cancelled_ = false;
  bool is_silent_ = false;
  bool ended_ = false;
  absl::Status end_;
};

}  // namespace usersync::bridge
