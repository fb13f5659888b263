// Carries one native gRPC call to a store and back, as bytes. One message at a time each way is
// under way here, so nothing piles up for whoever reads slowly.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <functional>
#include <memory>
#include <string>

#include "common/mutex.h"
#include "gateway/channel_pool.h"
#include "gateway/identity.h"

namespace usersync::gateway {

// Thread-safe. Deletes itself when the client's call has ended, and that is after the store's.
class GrpcRelay final : public grpc::ServerGenericBidiReactor {
 public:
  struct Options {
    // The largest message of the client, decompressed.
    size_t most_message_bytes = 4 << 20;
    // Changes a message of the store before the client gets it, if there is one.
    std::function<void(grpc::ByteBuffer*)> edit;
  };

  // `done` is called last.
  GrpcRelay(grpc::GenericCallbackServerContext& context, const Caller& caller, ChannelPool& pool,
            const Options& options, std::function<void(GrpcRelay*)> done);

  // Ends the call with UNAVAILABLE.
  void Stop();

  // What the client does.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  // The call of the store.
  class StoreSide final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    explicit StoreSide(GrpcRelay& relay) : relay_(relay) {}
    void OnReadInitialMetadataDone(bool ok) override { relay_.OnHeaders(ok); }
    void OnReadDone(bool ok) override { relay_.OnAnswer(ok); }
    void OnWriteDone(bool ok) override { relay_.OnSent(ok); }
    void OnDone(const grpc::Status& status) override { relay_.OnEnd(status); }

   private:
    GrpcRelay& relay_;
  };

  // What the store does.
  void OnHeaders(bool ok);
  void OnAnswer(bool ok);
  void OnSent(bool ok);
  void OnEnd(const grpc::Status& status);

  absl::Time Deadline() const;
  // What the client is told of how the store's call ended.
  grpc::Status Verdict(const grpc::Status& status);
  // Nothing more goes to the store.
  void EndRequest() REQUIRES(mutex_);

  grpc::GenericCallbackServerContext& client_;
  const size_t most_message_bytes_;
  const std::function<void(grpc::ByteBuffer*)> edit_;
  const std::function<void(GrpcRelay*)> done_;
  const std::string request_id_;
  const std::shared_ptr<const Quota::Slot> slot_;
  // When the caller's identity ends, and the call with it.
  const absl::Time expires_;
  const std::unique_ptr<ChannelPool::Lease> lease_;
  grpc::ClientContext store_;
  StoreSide store_side_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;

  Mutex mutex_;
  bool has_headers_ GUARDED_BY(mutex_) = false;
  // A message that came before the headers: gRPC's callbacks may overtake each other.
  bool is_answer_waiting_ GUARDED_BY(mutex_) = false;
  bool is_sending_ GUARDED_BY(mutex_) = false;
  bool is_request_over_ GUARDED_BY(mutex_) = false;
  bool is_answer_over_ GUARDED_BY(mutex_) = false;
  bool is_stopped_ GUARDED_BY(mutex_) = false;
  // What is wrong with a message of the client.
  absl::Status refusal_ GUARDED_BY(mutex_);
};

}  // namespace usersync::gateway
