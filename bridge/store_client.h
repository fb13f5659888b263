// The store as the bridge sees it. An interface, so that the bridge's loops are tested without
// one.
#pragma once

#include <grpcpp/security/credentials.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bridge/change_stream.h"
#include "users/internal/v1/ingest_service.pb.h"
#include "users/v1/sync_service.pb.h"

namespace usersync::bridge {

// Thread-safe.
class StoreClient {
 public:
  virtual ~StoreClient() = default;

  virtual absl::StatusOr<users::internal::v1::Position> GetPosition(const std::string& source) = 0;

  // The users who were erased after a change, in order; at most so many as the store likes.
  virtual absl::StatusOr<users::internal::v1::ListErasuresResponse> ListErasures(
      int64_t after_sequence) = 0;

  using IngestDone =
      std::function<void(absl::StatusOr<users::internal::v1::IngestResponse> response)>;
  // `request` must live until `done` was called, which is exactly once, on any thread.
  virtual void Ingest(const users::internal::v1::IngestRequest& request, IngestDone done) = 0;

  using PullDone = std::function<void(absl::StatusOr<users::v1::PullResponse> response)>;
  virtual void Pull(const users::v1::PullRequest& request, PullDone done) = 0;

  // Says which change USERS_BROADCAST ends with, 0 for none: the store does not archive what comes
  // after it.
  virtual absl::Status ReportBroadcast(int64_t sequence) = 0;

  virtual std::unique_ptr<ChangeStream> Watch(const users::v1::WatchRequest& request) = 0;
};

// Waits for an Ingest.
absl::StatusOr<users::internal::v1::IngestResponse> IngestNow(
    StoreClient& store, const users::internal::v1::IngestRequest& request);

// Waits for a Pull.
absl::StatusOr<users::v1::PullResponse> PullNow(StoreClient& store,
                                                const users::v1::PullRequest& request);

struct StoreClientOptions {
  // host:port of each store; when one is away, the next is tried.
  std::vector<std::string> addresses;
  // What the store knows the bridge by.
  std::string token;
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  absl::Duration read_timeout = absl::Seconds(10);
  // The store may take a minute to find out what became of a commit.
  absl::Duration ingest_timeout = absl::Seconds(75);
  // How long a stream of changes may be silent; its heartbeats come every second.
  absl::Duration silence_limit = absl::Seconds(5);
};

std::unique_ptr<StoreClient> MakeStoreClient(StoreClientOptions options);

}  // namespace usersync::bridge
