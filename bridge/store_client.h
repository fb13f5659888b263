// The store as the bridge sees it. An interface, so that the bridge's loops are tested without
// one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "users/internal/v1/ingest_service.pb.h"
#include "users/v1/change_feed_service.pb.h"
#include "users/v1/sync_service.pb.h"

namespace usersync::bridge {

// A stream of changes. One thread reads; Cancel may come from any.
class ChangeStream {
 public:
  virtual ~ChangeStream() = default;
  // Blocks. False at the end of the stream.
  virtual bool Read(users::v1::WatchResponse* response) = 0;
  virtual void Cancel() = 0;
  // Why it ended. Call once, after Read has returned false.
  virtual absl::Status Finish() = 0;
};

// Thread-safe.
class StoreClient {
 public:
  virtual ~StoreClient() = default;

  virtual absl::StatusOr<users::internal::v1::Position> GetPosition(const std::string& source) = 0;

  using IngestDone =
      std::function<void(absl::StatusOr<users::internal::v1::IngestResponse> response)>;
  // `request` must live until `done` was called, which is exactly once.
  virtual void Ingest(const users::internal::v1::IngestRequest& request, IngestDone done) = 0;

  using PullDone = std::function<void(absl::StatusOr<users::v1::PullResponse> response)>;
  virtual void Pull(const users::v1::PullRequest& request, PullDone done) = 0;

  virtual std::unique_ptr<ChangeStream> Watch(const users::v1::WatchRequest& request) = 0;
};

// Waits for a Pull.
absl::StatusOr<users::v1::PullResponse> PullNow(StoreClient& store,
                                                const users::v1::PullRequest& request);

struct StoreClientOptions {
  // host:port of each store; when one is away, the next is tried.
  std::vector<std::string> addresses;
  // What the store knows the bridge by.
  std::string token;
  absl::Duration read_timeout = absl::Seconds(10);
  absl::Duration ingest_timeout = absl::Seconds(60);
};

std::unique_ptr<StoreClient> MakeStoreClient(StoreClientOptions options);

}  // namespace usersync::bridge
