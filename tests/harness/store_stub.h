// A caller of the store over gRPC, with a service's token.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "users/internal/v1/ingest_service.grpc.pb.h"
#include "users/v1/admin_service.grpc.pb.h"
#include "users/v1/change_feed_service.grpc.pb.h"
#include "users/v1/history_service.grpc.pb.h"
#include "users/v1/log_service.grpc.pb.h"
#include "users/v1/sync_service.grpc.pb.h"
#include "users/v1/user_service.grpc.pb.h"

namespace usersync::tests {

class StoreStub {
 public:
  struct Options {
    std::string address;
    // Empty: a direct caller, who may only read.
    std::string token;
    // What the gateway says about the person behind it; not sent if empty.
    std::string actor;
    std::string roles = "writer";
    std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  };

  explicit StoreStub(const Options& options);

  // A context with the caller's identity and a deadline.
  std::unique_ptr<grpc::ClientContext> Context(absl::Duration patience = absl::Seconds(30)) const;

  users::v1::UserService::Stub& users() { return *users_; }
  users::v1::HistoryService::Stub& history() { return *history_; }
  users::v1::SyncService::Stub& sync() { return *sync_; }
  users::v1::ChangeFeedService::Stub& feed() { return *feed_; }
  users::v1::LogService::Stub& log() { return *log_; }
  users::v1::AdminService::Stub& admin() { return *admin_; }
  users::internal::v1::IngestService::Stub& ingest() { return *ingest_; }
  const std::shared_ptr<grpc::Channel>& channel() { return channel_; }

 private:
  Options options_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<users::v1::UserService::Stub> users_;
  std::unique_ptr<users::v1::HistoryService::Stub> history_;
  std::unique_ptr<users::v1::SyncService::Stub> sync_;
  std::unique_ptr<users::v1::ChangeFeedService::Stub> feed_;
  std::unique_ptr<users::v1::LogService::Stub> log_;
  std::unique_ptr<users::v1::AdminService::Stub> admin_;
  std::unique_ptr<users::internal::v1::IngestService::Stub> ingest_;
};

}  // namespace usersync::tests
