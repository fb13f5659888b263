// A store's stand-in for REST, whose calls are answered only if they end by themselves.
#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/mutex.h"
#include "users/v1/change_feed_service.grpc.pb.h"
#include "users/v1/user_service.grpc.pb.h"

namespace usersync::gateway {

class UsersBackend final : public users::v1::UserService::Service,
                           public users::v1::ChangeFeedService::Service {
 public:
  void Start() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(static_cast<users::v1::UserService::Service*>(this));
    builder.RegisterService(static_cast<users::v1::ChangeFeedService::Service*>(this));
    server_ = builder.BuildAndStart();
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

  // Answers for this user, waits for ever for any other.
  static constexpr char kQuick[] = "quick";

  grpc::Status GetUser(grpc::ServerContext* context, const users::v1::GetUserRequest* request,
                       users::v1::GetUserResponse* response) override {
    if (request->user_id() != kQuick) return AwaitCancel(*context);
    response->mutable_user()->set_id(kQuick);
    return grpc::Status::OK;
  }

  grpc::Status Watch(grpc::ServerContext* context, const users::v1::WatchRequest*,
                     grpc::ServerWriter<users::v1::WatchResponse>* writer) override {
    writer->SendInitialMetadata();
    return AwaitCancel(*context);
  }

  // How many calls wait now, how many were cancelled, and how long the last had, as its caller
  // said.
  int open() {
    MutexLock lock(mutex_);
    return open_;
  }
  int cancelled() {
    MutexLock lock(mutex_);
    return cancelled_;
  }
  absl::Duration time_left() {
    MutexLock lock(mutex_);
    return time_left_;
  }

 private:
  grpc::Status AwaitCancel(grpc::ServerContext& context) {
    {
      MutexLock lock(mutex_);
      ++open_;
      time_left_ = absl::FromChrono(context.deadline()) - absl::Now();
    }
    while (!context.IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
    MutexLock lock(mutex_);
    --open_;
    ++cancelled_;
    return grpc::Status::CANCELLED;
  }

  int port_ = 0;
  Mutex mutex_;
  int open_ GUARDED_BY(mutex_) = 0;
  int cancelled_ GUARDED_BY(mutex_) = 0;
  absl::Duration time_left_ GUARDED_BY(mutex_);
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace usersync::gateway
