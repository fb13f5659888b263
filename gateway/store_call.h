// One call of a store, for a client elsewhere: one message there, any number back, as bytes.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/mutex.h"
#include "gateway/channel_pool.h"
#include "gateway/metadata.h"

namespace usersync::gateway {

// Thread-safe.
class StoreCall : public std::enable_shared_from_this<StoreCall> {
 public:
  struct Request {
    // Such as /users.v1.UserService/GetUser.
    std::string method;
    Metadata metadata;
    std::optional<absl::Time> deadline;
    std::string message;
  };

  // Hears of the answer on its executor's thread: OnHeaders at most once and first, OnEnd last.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void OnHeaders(const Metadata& headers) = 0;
    virtual void OnMessage(std::string message) = 0;
    virtual void OnEnd(const grpc::Status& status, const Metadata& trailing) = 0;
  };

  // Begins the call. A listener that is gone hears nothing more.
  static std::shared_ptr<StoreCall> Start(ChannelPool& pool, Request request,
                                          boost::asio::any_io_executor executor,
                                          std::weak_ptr<Listener> listener);

  StoreCall(std::unique_ptr<ChannelPool::Lease> lease, boost::asio::any_io_executor executor,
            std::weak_ptr<Listener> listener);
  virtual ~StoreCall() = default;

  // Ends it; the listener hears of CANCELLED, if it is still there.
  void Cancel();

  // Says how many bytes the listener still holds. Beyond a limit nothing more is read.
  void SetBacklog(size_t bytes);

 protected:
  grpc::Channel* channel() const { return lease_->channel().get(); }
  grpc::ClientContext* context() { return &context_; }
  const grpc::ByteBuffer* request() const { return &request_; }
  // Where the next message comes to.
  grpc::ByteBuffer* response() { return &response_; }

  // What gRPC says of the call, on any of its threads. A message is in response(); that of a call
  // which has but one comes with the end.
  void HaveHeaders(bool ok);
  void HaveMessage();
  void HaveEnd(const grpc::Status& status);

 private:
  // What has come and was not yet told.
  struct News {
    std::optional<Metadata> headers;
    std::vector<std::string> messages;
    std::unique_ptr<const grpc::Status> status;
  };

  virtual void Open(const std::string& method) = 0;
  // Reads the next message, after one was read.
  virtual void ReadOn() = 0;

  void Begin(Request request);
  void TakeMessage() REQUIRES(mutex_);
  void ReadOnIfRoom() REQUIRES(mutex_);
  void Post() REQUIRES(mutex_);
  News TakeNews();
  void Tell();

  const std::unique_ptr<ChannelPool::Lease> lease_;
  const boost::asio::any_io_executor executor_;
  const std::weak_ptr<Listener> listener_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;

  Mutex mutex_;
  // Keeps the call alive until gRPC has let go of it.
  std::shared_ptr<StoreCall> self_ GUARDED_BY(mutex_);
  News news_ GUARDED_BY(mutex_);
  bool has_headers_ GUARDED_BY(mutex_) = false;
  bool is_posted_ GUARDED_BY(mutex_) = false;
  bool is_paused_ GUARDED_BY(mutex_) = false;
  bool is_cancelled_ GUARDED_BY(mutex_) = false;
  size_t untold_bytes_ GUARDED_BY(mutex_) = 0;
  size_t backlog_ GUARDED_BY(mutex_) = 0;
};

}  // namespace usersync::gateway
